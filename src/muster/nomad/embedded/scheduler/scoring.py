"""How well a node suits an allocation: Nomad's scores, and their mean.

Packing is BestFit v3: 20 - 10^free_cpu - 10^free_memory, from 0 to 18, normalized by 18; the algorithm `spread` turns
it around. The others push siblings apart, away from where one failed, and towards affinities and spreads.
"""

from collections.abc import Mapping

from muster.nomad.embedded.scheduler.capacity import Fit
from muster.nomad.embedded.scheduler.constraints import meets, node_value
from muster.nomad.embedded.scheduler.distinct import uses
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.world import World
from muster.nomad.embedded.state.specs import Affinity, GroupSpec, JobSpec, Spread

MAX_FIT = 18
IMPLICIT = "*"

Scores = dict[str, float]


def packing(node: Node, fits: Fit, *, spreading: bool) -> float:
    """How full (or how empty, when spreading) the node would be, from 0 to 1."""
    free_cpu = 1 - fits.cpu / node.cpu_mhz
    free_memory = 1 - fits.memory_mb / node.memory_mb
    total = 10**free_cpu + 10**free_memory
    return min(max(total - 2 if spreading else 20 - total, 0), MAX_FIT) / MAX_FIT


def scores_of(
    world: World, job_id: str, job: JobSpec, group: GroupSpec, node: Node, fits: Fit, penalized: frozenset[str]
) -> Scores:
    """All scores of one node by name; those that do not apply are 0 or absent, as in Nomad's metrics."""
    found = {"binpack": packing(node, fits, spreading=world.spreading)}
    if fits.device_score is not None:
        found["devices"] = fits.device_score
    if job.everywhere:
        return found
    others = world.proposed.get(node.id, ())
    siblings = sum(other.job.id == job_id and other.group == group.name for other in others)
    found["job-anti-affinity"] = -(siblings + 1) / max(1, group.count) if siblings else 0.0
    found["node-reschedule-penalty"] = -1.0 if node.id in penalized else 0.0
    affinities = (*job.affinities, *group.affinities, *(a for task in group.tasks for a in task.affinities))
    found |= _affinity(affinities, node)
    spread = spread_score(world, job_id, job, group, node)
    return found | ({"allocation-spread": spread} if spread else {})


def normalized(scores: Mapping[str, float]) -> float:
    """The mean of the scores that apply: packing always, the others when they are not zero."""
    applying = [score for name, score in scores.items() if name in ("binpack", "devices") or score]
    return sum(applying) / len(applying)


def _affinity(affinities: tuple[Affinity, ...], node: Node) -> Scores:
    if not affinities:
        return {"node-affinity": 0.0}
    weights = sum(abs(a.weight) for a in affinities)
    matched = sum(a.weight for a in affinities if meets(node, a.rule))
    return {"node-affinity": matched / weights} if matched and weights else {}


def spread_score(world: World, job_id: str, job: JobSpec, group: GroupSpec, node: Node) -> float:
    """How much the node helps the spreads of the job and the group."""
    spreads = (*job.spreads, *group.spreads)
    weights = sum(spread.weight for spread in spreads)
    return sum(_one_spread(world, job_id, group, spread, weights, node) for spread in spreads)


def _one_spread(world: World, job_id: str, group: GroupSpec, spread: Spread, weights: int, node: Node) -> float:
    value = node_value(node, spread.attribute)
    if value is None:
        return -1.0
    used = uses(world, job_id, group.name, spread.attribute)
    if not spread.targets:
        return _even(used, value)
    wanted = {name: percent / 100 * group.count for name, percent in spread.targets.items()}
    rest = group.count - sum(wanted.values())
    if wanted and rest > 0:
        wanted[IMPLICIT] = rest
    desired = wanted.get(value, wanted.get(IMPLICIT))
    if not desired or not weights:
        return -1.0
    return (desired - (used[value] + 1)) / desired * spread.weight / weights


def _even(used: Mapping[str, int], value: str) -> float:
    """Towards the value that has least; without anything placed all are equal."""
    if not used:
        return 0.0
    here, least, most = used.get(value, 0), min(used.values()), max(used.values())
    if here != least:
        return (least - here) / least if least else -1.0
    return -1.0 if least == most else (most - least) / least
