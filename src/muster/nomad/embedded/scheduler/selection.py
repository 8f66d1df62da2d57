"""Chooses a node for one allocation: feasible, with room, best packed and apart from its siblings."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.capacity import Exhausted, Fit, fit
from muster.nomad.embedded.scheduler.feasibility import infeasible, wants_distinct_hosts
from muster.nomad.embedded.scheduler.metrics import Metric
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import GroupSpec, JobSpec
from muster.nomad.embedded.state.values import AllocatedPort, Allocation, Placement


@dataclass(frozen=True)
class Chosen:
    """A node, the ports on it, and how it was scored."""

    node: Node
    ports: tuple[AllocatedPort, ...]
    placement: Placement


class Selector:
    """Looks for nodes for one job; remembers which classes of nodes can never do."""

    def __init__(self, nodes: Iterable[Node], job_id: str, job: JobSpec, chance: Chance) -> None:
        self._all = tuple(nodes)
        self._job_id = job_id
        self._job = job
        self._chance = chance
        self._class_feasible: dict[tuple[str, str], bool] = {}

    @property
    def class_eligibility(self) -> dict[str, bool]:
        """For each class of nodes seen, whether some group may run on it."""
        seen: dict[str, bool] = {}
        for (_, computed_class), feasible in self._class_feasible.items():
            seen[computed_class] = seen.get(computed_class, False) or feasible
        return seen

    def select(self, group: GroupSpec, proposed: dict[str, list[Allocation]], penalized: str = "") -> Chosen | Metric:
        """The best node beside the proposed allocations of each, or why there is none; `penalized` is a last resort."""
        nodes = [node for node in self._all if self._in_datacenters(node)]
        metric = Metric({dc: sum(fnmatchcase(n.datacenter, dc) for n in self._all) for dc in self._job.datacenters})
        scored = [
            (score, fits, node)
            for node in nodes
            if (fits := self._try(group, node, proposed[node.id], metric)) is not None
            for score in (self._scores(group, node, fits, proposed[node.id], penalized),)
        ]
        if not scored:
            metric.note_demand(group)
            return metric
        best = max(scored, key=lambda entry: normalized(entry[0]))
        rows = tuple((node.id, normalized(score), score) for score, _, node in scored)
        return Chosen(best[2], best[1].ports, Placement(metric.nodes_available, metric.evaluated, rows))

    def _in_datacenters(self, node: Node) -> bool:
        return any(fnmatchcase(node.datacenter, wanted) for wanted in self._job.datacenters)

    def _try(self, group: GroupSpec, node: Node, others: list[Allocation], metric: Metric) -> Fit | None:
        metric.evaluated += 1
        reason = self._infeasible(group, node) or self._taken(group, others)
        if reason:
            metric.filter(node, reason)
            return None
        result = fit(group, node, others, self._chance)
        if isinstance(result, Exhausted):
            metric.exhaust(node, result.dimension)
            return None
        return result

    def _infeasible(self, group: GroupSpec, node: Node) -> str | None:
        key = (group.name, node.computed_class)
        if self._class_feasible.get(key) is False:
            return "computed class ineligible"
        reason = infeasible(self._job, group, node)
        self._class_feasible[key] = reason is None
        return reason

    def _taken(self, group: GroupSpec, others: list[Allocation]) -> str | None:
        siblings = [other for other in others if other.job.id == self._job_id]
        return "distinct_hosts" if siblings and wants_distinct_hosts(self._job, group) else None

    def _scores(
        self, group: GroupSpec, node: Node, fits: Fit, others: list[Allocation], penalized: str
    ) -> dict[str, float]:
        free_cpu = 1 - fits.cpu / node.cpu_mhz
        free_memory = 1 - fits.memory_mb / node.memory_mb
        siblings = sum(other.job.id == self._job_id and other.group == group.name for other in others)
        scores = {
            "binpack": min(max(20 - 10**free_cpu - 10**free_memory, 0), 18) / 18,
            "job-anti-affinity": -(siblings + 1) / group.count if siblings else 0.0,
            "node-affinity": 0.0,
            "node-reschedule-penalty": -1.0 if node.id == penalized else 0.0,
        }
        return scores


def normalized(scores: dict[str, float]) -> float:
    """The mean of the scores that apply: packing always, the others when they are not zero."""
    applying = [score for name, score in scores.items() if name == "binpack" or score]
    return sum(applying) / len(applying)
