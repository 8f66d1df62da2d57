"""Why a group found no node, from the scheduler's own metrics (facts recorded from Nomad 1.1.2)."""

import re

from muster.nomad.domain.failures.scene import Scene
from muster.nomad.domain.outcomes import Cause, CauseKind, Placement, Remedy
from muster.nomad.domain.spec import EphemeralDisk, GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec

PORT_TAKEN = re.compile(r"reserved port collision (?P<label>[^=]+)=(?P<port>\d+)")

ALIKE = "computed class ineligible"
"""The scheduler's word for a node that is like one which it has ruled out: the real reason stands at that one."""

GUESSED = re.compile(r"\b(default|class)\b", re.IGNORECASE)
"""How a reason reads when nobody asked for the value."""

VAULT, CONSUL = "${attr.vault.version}", "${attr.consul.version}"
"""Nomad itself asks for these where a job uses Vault or a template reads Consul."""

FILTERS: tuple[tuple[re.Pattern[str], CauseKind, str], ...] = (
    (re.compile(re.escape(VAULT)), "vault", "Have an operator connect the clients to Vault, or use no Vault here."),
    (re.compile(re.escape(CONSUL)), "constraint", "Have an operator connect the clients to Consul, or use none here."),
    (re.compile(r"missing drivers"), "driver", "Enable the driver on a node, or use one that the cluster has."),
    (
        re.compile(r"volume|CSI", re.IGNORECASE),
        "volume_missing",
        "Declare the volume on a node, or correct its source.",
    ),
    (re.compile(r"missing devices"), "constraint", "The cluster has no such device: add a node, or leave it out."),
    (
        re.compile(r"missing network"),
        "constraint",
        "Bridge mode wants the CNI plugins on the node; or use another mode.",
    ),
    (re.compile(r"distinct_hosts"), "constraint", "There are fewer nodes than allocations: lower count or add nodes."),
    (re.compile(r""), "constraint", "No node satisfies it: correct the constraint, or add a node that does."),
)


def classify_placement(scene: Scene) -> Cause | None:
    """The cause that kept the first unplaced group from finding a node.

    Nodes that passed every filter and were full decide before nodes that were filtered out.
    """
    for placement in scene.observation.placements:
        if placement.dimension_exhausted:
            return _exhausted(placement, scene)
        if placement.constraint_filtered:
            return _filtered(placement, scene.spec)
        return _nowhere(placement, scene.spec)
    return None


def asked_memory_mb(group: GroupSpec) -> int:
    """The memory that one allocation reserves, in MB: its main tasks together, or a bigger prestart task."""
    return _peak(group, [task.resources.memory_mb for task in group.tasks])


def asked_cpu_mhz(group: GroupSpec) -> int:
    """The CPU that one allocation reserves, in MHz; Nomad's default of 100 where a task says nothing."""
    return _peak(group, [100 if task.resources.cpu_mhz is None else task.resources.cpu_mhz for task in group.tasks])


def _exhausted(placement: Placement, scene: Scene) -> Cause:
    words = max(placement.dimension_exhausted, key=lambda word: placement.dimension_exhausted[word])
    quote = f"{words}: {placement.dimension_exhausted[words]}"
    if taken := PORT_TAKEN.search(words):
        return _port_taken(placement, taken["label"], taken["port"], quote)
    group = scene.spec.group(placement.group)
    if _some_placed(placement, group, scene):
        return _too_many(placement, group, words, quote)
    return _too_big(placement, scene.spec, group, words, quote)


def _port_taken(placement: Placement, label: str, port: str, quote: str) -> Cause:
    return _cause(
        placement,
        "port_collision",
        "rule",
        f"{placement.group} finds no node: port {port} ({label}) is taken on {_of(placement)}",
        advice="Let Nomad pick the port, or free it.",
        facts={"label": label, "port": port},
        quote=quote,
    )


def _too_many(placement: Placement, group: GroupSpec, dimension: str, quote: str) -> Cause:
    left = placement.coalesced_failures + 1
    return _cause(
        placement,
        "capacity",
        "human",
        f"{left} of {group.count} allocations of {placement.group} find no node with enough {dimension} left",
        advice="Lower count, ask for less, or add a node.",
        facts={"dimension": dimension, "unplaced": str(left), "count": str(group.count)},
        quote=quote,
    )


def _too_big(placement: Placement, spec: JobSpec, group: GroupSpec, dimension: str, quote: str) -> Cause:
    asked, unit, kind, attribute = _asked(group, dimension)
    paths = [f"group.{group.name}.task.{task.name}.resources.{attribute}" for task in group.tasks]
    guessed = any(GUESSED.search(spec.reasons.get(path, "")) for path in paths)
    return _cause(
        placement,
        kind,
        "rule" if guessed else "human",
        f"{placement.group} finds no node: {asked} {unit} asked, too little {dimension} on {_of(placement)}",
        advice=f"Ask for less {dimension}, free some, or add a bigger node.",
        facts={"problem": "exhausted", "dimension": dimension, "asked": str(asked), "guessed": str(guessed).lower()},
        quote=quote,
    )


def _asked(group: GroupSpec, dimension: str) -> tuple[int, str, CauseKind, str]:
    match dimension:
        case "memory":
            return asked_memory_mb(group), "MB", "memory", "memory"
        case "cpu":
            return asked_cpu_mhz(group), "MHz", "cpu", "cpu"
        case "cores":
            return sum(task.resources.cores or 0 for task in group.tasks), "cores", "cpu", "cores"
        case "disk":
            return (group.ephemeral_disk or EphemeralDisk()).size_mb, "MB", "disk", "disk"
        case _:
            return group.count, "allocations", "capacity", ""


def _filtered(placement: Placement, spec: JobSpec) -> Cause:
    reasons = {word: nodes for word, nodes in placement.constraint_filtered.items() if word != ALIKE}
    if not reasons:
        return _unexplained(placement, spec.group(placement.group))
    words = max(reasons, key=lambda word: reasons[word])
    _, kind, advice = next(row for row in FILTERS if row[0].search(words))
    wanted = _wanted(kind, spec.group(placement.group))
    return _cause(
        placement,
        kind,
        "human",
        f"{placement.group} finds no node: {words!r} rules out {_of(placement)}{wanted}",
        advice=advice,
        facts={"constraint": words},
        quote=f"{words}: {reasons[words]}",
    )


def _unexplained(placement: Placement, group: GroupSpec) -> Cause:
    """Every node is like one that was ruled out, and the metrics do not tell why: what the job wishes is the lead."""
    volumes = ", ".join(volume.source for volume in group.volumes if volume.type == "host")
    wish = f"; the job wants the host volume {volumes}, which may be what is missing" if volumes else ""
    return _cause(
        placement,
        "volume_missing" if volumes else "constraint",
        "human",
        f"{placement.group} finds no node: {_of(placement)} are ruled out, and the scheduler does not say why{wish}",
        advice="See whether the nodes declare the volume; if so, compare drivers and constraints with the nodes."
        if volumes
        else "Compare the job's drivers, constraints and devices with what the nodes have.",
        facts={"constraint": ALIKE},
        quote=f"{ALIKE}: {placement.constraint_filtered[ALIKE]}",
    )


def _wanted(kind: CauseKind, group: GroupSpec) -> str:
    match kind:
        case "driver":
            return f" (wanted: {', '.join(sorted({task.driver for task in group.tasks}))})"
        case "volume_missing":
            return f" (wanted: {', '.join(volume.source for volume in group.volumes)})"
        case _:
            return ""


def _nowhere(placement: Placement, spec: JobSpec) -> Cause:
    ready = sum(placement.nodes_available.values())
    where = ", ".join(placement.nodes_available) or ", ".join(spec.datacenters)
    facts = {"datacenters": where, "nodes_ready": str(ready)}
    quote = f"nodes available: {placement.nodes_available}"
    if ready:
        summary = f"{placement.group} finds no node among {ready} in {where}, and the scheduler gives no reason"
        return _cause(placement, "capacity", "human", summary, advice="", facts=facts, quote=quote)
    return _cause(
        placement,
        "datacenter",
        "rule",
        f"{placement.group} finds no node: no node is ready in {where}",
        advice="Name a datacenter of the cluster; if this is one, its nodes are down, draining or ineligible.",
        facts=facts,
        quote=quote,
    )


def _some_placed(placement: Placement, group: GroupSpec, scene: Scene) -> bool:
    ran = any(one.group == group.name and one.client_status == "running" for one in scene.observation.allocations)
    return ran or placement.coalesced_failures + 1 < group.count


def _of(placement: Placement) -> str:
    bad = placement.nodes_exhausted or placement.nodes_filtered
    return f"{bad} of {placement.nodes_evaluated} nodes"


def _peak(group: GroupSpec, amounts: list[int]) -> int:
    def before(task: TaskSpec) -> bool:
        return task.lifecycle is not None and task.lifecycle.hook == "prestart" and not task.lifecycle.sidecar

    both = list(zip(group.tasks, amounts, strict=True))
    main = sum(amount for task, amount in both if not before(task))
    return max(main, *(amount for task, amount in both if before(task)), 0)


def _cause(
    placement: Placement,
    kind: CauseKind,
    remedy: Remedy,
    summary: str,
    *,
    advice: str,
    facts: dict[str, str],
    quote: str,
) -> Cause:
    return Cause(
        kind=kind, remedy=remedy, summary=summary, advice=advice, group=placement.group, facts=facts, quotes=(quote,)
    )
