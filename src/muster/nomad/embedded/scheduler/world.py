"""What the scheduler sees of the cluster beside the job: nodes, who runs where, settings, volumes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Allocation


@dataclass(frozen=True)
class World:
    """The cluster while one evaluation is thought through; `proposed` changes as the plan grows."""

    states: Mapping[str, NodeState]
    proposed: dict[str, list[Allocation]]
    volumes: tuple[Mapping[str, Any], ...]
    spreading: bool = False
    oversubscription: bool = False

    @property
    def ready(self) -> tuple[Node, ...]:
        """The nodes that take new work."""
        return tuple(state.node for state in self.states.values() if state.ready)

    def node(self, node_id: str) -> Node | None:
        """A node by its id, whatever its state."""
        state = self.states.get(node_id)
        return state.node if state else None

    def placed(self) -> list[Allocation]:
        """All allocations of the plan as it stands."""
        return [allocation for held in self.proposed.values() for allocation in held]


def world_of(store: Store) -> World:
    """The cluster as a store has it now."""
    settings = (store.objects.get("scheduler_config") or {}).get("scheduler") or {}
    return World(
        states=dict(store.nodes),
        proposed={node_id: list(store.node_allocations(node_id)) for node_id in store.nodes},
        volumes=tuple((store.objects.get("csi_volumes") or {}).values()),
        spreading=settings.get("SchedulerAlgorithm") == "spread",
        oversubscription=bool(settings.get("MemoryOversubscriptionEnabled")),
    )
