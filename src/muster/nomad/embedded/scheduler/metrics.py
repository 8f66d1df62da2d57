"""Why a group could not be placed, in the words and numbers of an evaluation's FailedTGAllocs."""

from collections import Counter
from typing import Any

from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import GroupSpec

ALLOCATION_TIME_NS = 50_000


class Metric:
    """Counts what the scheduler met while it looked for a node."""

    def __init__(self, nodes_available: dict[str, int]) -> None:
        self.nodes_available = nodes_available
        self.evaluated = 0
        self.coalesced = 0
        self._filtered: Counter[str] = Counter()
        self._class_filtered: Counter[str] = Counter()
        self._dimensions: Counter[str] = Counter()
        self._class_exhausted: Counter[str] = Counter()
        self._filtered_nodes = 0
        self._exhausted_nodes = 0
        self._resources: dict[str, dict[str, int]] = {}

    def filter(self, node: Node, reason: str) -> None:
        """A node is out of the question."""
        self._filtered_nodes += 1
        self._filtered[reason] += 1
        if node.node_class:
            self._class_filtered[node.node_class] += 1

    def exhaust(self, node: Node, dimension: str) -> None:
        """A node would do but has not enough left."""
        self._exhausted_nodes += 1
        self._dimensions[dimension] += 1
        if node.node_class:
            self._class_exhausted[node.node_class] += 1

    @property
    def filtered(self) -> bool:
        """Whether a node was out of the question."""
        return self._filtered_nodes > 0

    def met(self) -> tuple[dict[str, int], dict[str, int]]:
        """Why nodes were out of the question, and what others had too little of."""
        return dict(self._filtered), dict(self._dimensions)

    def note_demand(self, group: GroupSpec) -> None:
        """Add up what the failed placement asked for in the exhausted dimensions."""
        if not self._dimensions:
            return
        for task in group.tasks:
            sums = self._resources.setdefault(task.name, {"CPU": 0, "MemoryMB": 0})
            sums["CPU"] += task.cpu if "cpu" in self._dimensions else 0
            sums["MemoryMB"] += task.memory_mb if "memory" in self._dimensions else 0

    def render(self) -> dict[str, Any]:
        """The metric as the API shows it."""
        return {
            "AllocationTime": ALLOCATION_TIME_NS,
            "ClassExhausted": dict(self._class_exhausted) or None,
            "ClassFiltered": dict(self._class_filtered) or None,
            "CoalescedFailures": self.coalesced,
            "ConstraintFiltered": dict(self._filtered) or None,
            "DimensionExhausted": dict(self._dimensions) or None,
            "NodesAvailable": self.nodes_available,
            "NodesEvaluated": self.evaluated,
            "NodesExhausted": self._exhausted_nodes,
            "NodesFiltered": self._filtered_nodes,
            "QuotaExhausted": None,
            "ResourcesExhausted": {name: _resources(sums) for name, sums in self._resources.items()} or None,
            "ScoreMetaData": None,
            "Scores": None,
        }


def _resources(sums: dict[str, int]) -> dict[str, Any]:
    return {
        "CPU": sums["CPU"],
        "Cores": 0,
        "Devices": None,
        "DiskMB": 0,
        "IOPS": 0,
        "MemoryMB": sums["MemoryMB"],
        "MemoryMaxMB": 0,
        "Networks": None,
    }
