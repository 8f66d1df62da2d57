"""The last lines that failing tasks wrote, redacted. What can't be read is left out: logs are evidence, not a need."""

from collections.abc import Iterator, Sequence
from typing import Any

from muster.core.redaction import redact
from muster.nomad.domain.observing import Logs
from muster.nomad.tools.nomad_http import NomadHttp

TAIL_BYTES = 8192
TAIL_LINES = 20
MOST_TASKS = 8
"""So many tasks are read: the newest allocations first, the failed tasks first."""

Raw = dict[str, Any]


def read_tails(http: NomadHttp, allocations: Sequence[Raw]) -> Logs:
    """The last lines of standard output and error, by allocation and task."""
    chosen = sorted(_tasks(allocations), key=lambda one: one[2], reverse=True)[:MOST_TASKS]
    return {
        (allocation["ID"], task): (_tail(http, allocation, task, "stdout"), _tail(http, allocation, task, "stderr"))
        for allocation, task, _ in chosen
    }


def _tasks(allocations: Sequence[Raw]) -> Iterator[tuple[Raw, str, tuple[bool, int]]]:
    for allocation in allocations:
        states: dict[str, Raw] = allocation.get("TaskStates") or {}
        for task, state in states.items():
            yield allocation, task, (bool(state.get("Failed") or state.get("Restarts")), allocation["CreateIndex"])


def _tail(http: NomadHttp, allocation: Raw, task: str, stream: str) -> tuple[str, ...]:
    answer = http.get(
        f"/v1/client/fs/logs/{allocation['ID']}",
        namespace=allocation.get("Namespace"),
        params={"task": task, "type": stream, "plain": "true", "origin": "end", "offset": str(TAIL_BYTES)},
    )
    if answer.is_error:
        return ()
    return _last_lines(answer.text, cut=len(answer.content) >= TAIL_BYTES)


def _last_lines(text: str, *, cut: bool) -> tuple[str, ...]:
    """Redacted as a whole, since a key has many lines; where the text was cut, it begins within a line."""
    whole = (text.partition("\n")[2] or text.partition(" ")[2]) if cut else text
    return tuple(redact(whole).splitlines()[-TAIL_LINES:])
