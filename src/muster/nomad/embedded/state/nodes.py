"""What the servers know of a machine beside its description: whether it is there, takes work, or is being emptied.

Times are integer nanoseconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from muster.nomad.embedded.scheduler.nodes import Node

KEPT_EVENTS = 10
FIRST_CREATE_INDEX, FIRST_MODIFY_INDEX = 7, 9


@dataclass(frozen=True)
class Drain:
    """A drain that goes on; `deadline_ns` 0 is none, below 0 is at once."""

    deadline_ns: int
    ignore_system_jobs: bool
    started_ns: int

    @property
    def force_at_ns(self) -> int | None:
        """When what is left is stopped; None is never."""
        if self.deadline_ns == 0:
            return None
        return self.started_ns + max(0, self.deadline_ns)


@dataclass(frozen=True)
class LastDrain:
    """The drain that went on last: `draining`, `complete` or `canceled`."""

    started_ns: int
    updated_ns: int
    status: str


@dataclass(frozen=True)
class NodeEvent:
    """One line of a node's history."""

    message: str
    subsystem: str
    time_ns: int
    create_index: int = 0
    details: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class NodeState:
    """One machine in the servers' eyes."""

    node: Node
    status: str = "ready"
    eligibility: str = "eligible"
    drain: Drain | None = None
    last_drain: LastDrain | None = None
    events: tuple[NodeEvent, ...] = ()
    status_updated_ns: int = 0
    create_index: int = FIRST_CREATE_INDEX
    modify_index: int = FIRST_MODIFY_INDEX

    @property
    def ready(self) -> bool:
        """Whether new work may be placed on it."""
        return self.status == "ready" and self.eligibility == "eligible" and self.drain is None

    @property
    def down(self) -> bool:
        """Whether what ran on it is lost."""
        return self.status == "down"

    def told(self, event: NodeEvent) -> "NodeState":
        """The same with one more line of history; the last ten are kept."""
        return replace(self, events=(*self.events, event)[-KEPT_EVENTS:])


def first_state(node: Node, now_ns: int) -> NodeState:
    """A machine that has just registered."""
    registered = NodeEvent("Node registered", "Cluster", now_ns)
    eligibility = "eligible" if node.script.eligible else "ineligible"
    return NodeState(node, eligibility=eligibility, events=(registered,), status_updated_ns=now_ns)
