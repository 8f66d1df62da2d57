"""Chooses a node for one allocation: feasible, with room, best scored."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.capacity import Exhausted, Fit, fit
from muster.nomad.embedded.scheduler.claims import unavailable_volume
from muster.nomad.embedded.scheduler.distinct import unlike_siblings
from muster.nomad.embedded.scheduler.feasibility import infeasible, names_single_nodes
from muster.nomad.embedded.scheduler.metrics import Metric
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.scoring import Scores, normalized, scores_of
from muster.nomad.embedded.scheduler.world import World
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.specs import GroupSpec, JobSpec
from muster.nomad.embedded.state.values import AllocatedPort, Granted, Placement

SCORES_KEPT = 5


@dataclass(frozen=True)
class Chosen:
    """A node, what is given on it, and how it was scored."""

    node: Node
    ports: tuple[AllocatedPort, ...]
    granted: Granted
    placement: Placement


@dataclass(frozen=True)
class Wish:
    """What one placement asks for beside its group: its name, nodes to avoid, one to prefer, the only one allowed."""

    name: str
    penalized: frozenset[str] = frozenset()
    preferred: str = ""
    only: str = ""


class Selector:
    """Looks for nodes for one job; remembers which classes of nodes can never do."""

    def __init__(self, world: World, job: Job, chance: Chance) -> None:
        self._world = world
        self._nodes = world.ready
        self._job = job
        self._chance = chance
        self._class_feasible: dict[tuple[str, str], bool] = {}
        self.escaped = False

    @property
    def class_eligibility(self) -> dict[str, bool]:
        """For each class of nodes seen, whether some group may run on it; nothing when a class does not tell."""
        seen: dict[str, bool] = {}
        for (_, computed_class), feasible in self._class_feasible.items():
            seen[computed_class] = seen.get(computed_class, False) or feasible
        return {} if self.escaped else seen

    def select(self, group: GroupSpec, wish: Wish) -> Chosen | Metric:
        """The best node beside the allocations proposed so far, or why there is none."""
        spec = self._job.spec
        metric = Metric({dc: sum(fnmatchcase(n.datacenter, dc) for n in self._nodes) for dc in spec.datacenters})
        self.escaped = self.escaped or names_single_nodes(spec, group)
        nodes = [n for n in self._nodes if in_datacenters(n, spec) and wish.only in ("", n.id)]
        preferred = [n for n in nodes if n.id == wish.preferred]
        scored = self._scored(group, wish, preferred, metric) or self._scored(
            group, wish, [n for n in nodes if n not in preferred], metric
        )
        if not scored:
            metric.note_demand(group)
            return metric
        node, fits, _ = max(scored, key=lambda entry: normalized(entry[2]))
        rows = sorted(((n.id, normalized(s), s) for n, _, s in scored), key=lambda row: -row[1])[:SCORES_KEPT]
        placement = Placement(metric.nodes_available, metric.evaluated, tuple(rows), *metric.met())
        return Chosen(node, fits.ports, fits.granted, placement)

    def _scored(
        self, group: GroupSpec, wish: Wish, nodes: list[Node], metric: Metric
    ) -> list[tuple[Node, Fit, Scores]]:
        spec, job_id = self._job.spec, self._job.id
        return [
            (node, fits, scores_of(self._world, job_id, spec, group, node, fits, wish.penalized))
            for node in nodes
            if (fits := self._try(group, wish.name, node, metric)) is not None
        ]

    def _try(self, group: GroupSpec, name: str, node: Node, metric: Metric) -> Fit | None:
        metric.evaluated += 1
        reason = (
            self._infeasible(group, node)
            or unavailable_volume(self._world, self._job, group, name, node)
            or unlike_siblings(self._world, self._job.id, self._job.spec, group, node)
        )
        if reason:
            metric.filter(node, reason)
            return None
        others = self._world.proposed[node.id]
        result = fit(group, node, others, self._chance, oversubscribed=self._world.oversubscription)
        if isinstance(result, Exhausted):
            metric.exhaust(node, result.dimension)
            return None
        return result

    def _infeasible(self, group: GroupSpec, node: Node) -> str | None:
        key = (group.name, node.computed_class)
        if not self.escaped and self._class_feasible.get(key) is False:
            return "computed class ineligible"
        reason = infeasible(self._job.spec, group, node)
        self._class_feasible[key] = reason is None
        return reason


def in_datacenters(node: Node, job: JobSpec) -> bool:
    """Whether the job may run where the node stands."""
    return any(fnmatchcase(node.datacenter, wanted) for wanted in job.datacenters)
