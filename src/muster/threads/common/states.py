"""The states of a task and the ways between them: pure, and the only place that knows them.

    queued -> drafted -> moderated -> deduplicated -> approved -> container_created -> published
                 |            |             |                            |
              blocked     duplicate      rejected                     unknown -> published | failed

Whatever has not ended may fail; it may be cancelled while its publication is not tried (whether a container was is
for the database to say).
"""

from collections.abc import Mapping
from typing import Literal, get_args

TaskState = Literal[
    "queued",  # stored, with the outbox row that tells the worker
    "drafted",  # hook and body are stored
    "moderated",  # both were judged together, and may be said
    "deduplicated",  # nothing like it was posted in the window; waits here where a person approves
    "approved",
    "container_created",  # the platform holds it, under an id that is stored: publishing is next, and is tried once
    "published",
    "blocked",  # the guardrail said no: an outcome, never retried
    "duplicate",  # names its twin
    "rejected",  # a person said no
    "unknown",  # publishing was tried, and whether it took place could not be found out
    "failed",
    "cancelled",
]

ENDED: frozenset[TaskState] = frozenset({"published", "blocked", "duplicate", "rejected", "failed", "cancelled"})
"""Nothing happens to these by itself. `unknown` is looked up until it is known."""

_NEXT: Mapping[TaskState, frozenset[TaskState]] = {
    "queued": frozenset({"drafted"}),
    "drafted": frozenset({"moderated", "blocked"}),
    "moderated": frozenset({"deduplicated", "duplicate"}),
    "deduplicated": frozenset({"approved", "rejected"}),
    "approved": frozenset({"container_created"}),
    "container_created": frozenset({"published", "unknown", "approved"}),  # back: the container expired unpublished
    "unknown": frozenset({"published", "container_created"}),  # back: the platform says that it was not published
    "failed": frozenset(get_args(TaskState)) - {"failed"},  # a person tries again, where it stood
}
_MAY_CANCEL: frozenset[TaskState] = frozenset(
    {"queued", "drafted", "moderated", "deduplicated", "approved", "container_created"}
)


def may_become(before: TaskState, after: TaskState) -> bool:
    """Whether a task in one state may enter the other."""
    if after == "failed":
        return before not in ENDED
    if after == "cancelled":
        return before in _MAY_CANCEL
    if after == "drafted" and before == "deduplicated":
        return True  # a person edited it: what is new is judged again
    return after in _NEXT.get(before, frozenset())
