"""What tasks on a node share: the clock, chance, behaviours, downloaded images, taken ports."""

from dataclasses import dataclass, field

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.client.behaviours import Behaviours
from muster.nomad.embedded.client.sources import NoSources, Sources
from muster.nomad.embedded.scheduler.nodes import Node


@dataclass
class Machine:
    """One node at work."""

    node: Node
    agenda: Agenda
    chance: Chance
    behaviours: Behaviours
    sources: Sources = field(default_factory=NoSources)
    images: set[str] = field(default_factory=set[str])
    bound: dict[int, str] = field(default_factory=dict[int, str])

    def bind(self, ports: frozenset[int], owner: str) -> int | None:
        """Take ports of the node for a task; returns one that somebody else has, and then takes none."""
        for port in sorted(ports):
            if self.bound.get(port, owner) != owner:
                return port
        self.bound |= dict.fromkeys(ports, owner)
        return None

    def release(self, owner: str) -> None:
        """Give a task's ports back."""
        self.bound = {port: holder for port, holder in self.bound.items() if holder != owner}
