"""Repairs of where a job runs and of its ports."""

from collections.abc import Iterator

from muster.core.repairs import Repair
from muster.nomad.domain.network import Port
from muster.nomad.domain.patches.check import SetCheckPort
from muster.nomad.domain.patches.group import MakePortDynamic, SetDatacenters, SetPort
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.targets import on_host_network, port_of
from muster.nomad.domain.patches.task import SetEnv
from muster.nomad.domain.repairs.situation import Situation, proposal
from muster.nomad.domain.spec import GroupSpec
from muster.nomad.domain.task import TaskSpec


def real_datacenters(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """The cluster's own datacenters, where the job names one that does not exist; else its nodes are the trouble."""
    cluster, asked = situation.cluster, situation.spec.datacenters
    if cluster and cluster.ready_nodes and not set(asked) <= set(cluster.datacenters):
        yield proposal(
            SetDatacenters(datacenters=cluster.datacenters),
            f"no node is in {', '.join(asked)}; the cluster has {', '.join(cluster.datacenters)}",
            f"{cluster.ready_nodes} nodes come into question",
        )


def free_port(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """A port that Nomad picks instead of one that is taken, where the program can be told."""
    if situation.cause.facts.get("problem") == "to_on_host":
        yield from _without_to(situation)
        return
    port = _taken(situation)
    if port and _can_move(situation.group, port):
        yield proposal(
            MakePortDynamic(group=situation.cause.group, label=port.label),
            f"port {port.static} ({port.label}) is taken on the node",
            "Nomad picks a free port; others find it by the service's name",
        )


def right_port(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """The port that the program says it listens on, and to tell the program the one that Nomad gave it.

    On the host's network a fixed port is the second choice: only one allocation a node could have it.
    """
    cause = situation.cause
    label, listening = cause.facts["label"], int(cause.facts["listening"])
    reason = f"{cause.group}/{cause.task} listens on {listening}, the check asks {label}"
    yield from _other_label(situation, label, listening, reason)
    tell = proposal(
        SetEnv(group=cause.group, task=cause.task, name="PORT", value=f"${{NOMAD_PORT_{label}}}"),
        reason,
        "the program listens where Nomad looks, if it reads PORT as most do",
    )
    move = tuple(_to_listening(situation, label, listening, reason))
    yield from (tell, *move) if on_host_network(situation.task) else (*move, tell)


def _to_listening(situation: Situation, label: str, listening: int, reason: str) -> Iterator[Repair[SpecPatch]]:
    group = situation.group
    if not on_host_network(situation.task):
        patch = SetPort(group=group.name, label=label, static=port_of(group, label).static, to=listening)
        yield proposal(patch, reason, f"the check reaches the program on {listening}")
    elif group.count == 1 and not _used(group, label, listening):
        patch = SetPort(group=group.name, label=label, static=listening)
        yield proposal(patch, reason, f"the check reaches the program on port {listening} of the node")


def _without_to(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    label = situation.cause.facts["label"]
    port = port_of(situation.group, label)
    reason = f"on the host's network `to = {port.to}` of port {label} only misleads"
    if _told(situation.task, label):
        patch = SetPort(group=situation.cause.group, label=label, static=port.static)
        yield proposal(patch, reason, f"each allocation listens on its own port, by NOMAD_PORT_{label}")
    elif situation.group.count == 1 and port.to and not _used(situation.group, label, port.to):
        patch = SetPort(group=situation.cause.group, label=label, static=port.to)
        yield proposal(patch, reason, f"Nomad and the program agree on port {port.to} of the node")


def _other_label(situation: Situation, label: str, listening: int, reason: str) -> Iterator[Repair[SpecPatch]]:
    group, facts = situation.group, situation.cause.facts
    others = (one for one in _ports(group) if one.label != label and (one.to or one.static) == listening)
    for other in others:
        patch = SetCheckPort(group=group.name, service=facts["service"], check=int(facts["check"]), port=other.label)
        yield proposal(patch, reason, f"the check asks {other.label}, where the program listens")


def _taken(situation: Situation) -> Port | None:
    facts = situation.cause.facts
    number = facts.get("port") or facts.get("listen")
    return next((port for port in _ports(situation.group) if port.static and str(port.static) == number), None)


def _can_move(group: GroupSpec, port: Port) -> bool:
    on_host = [task for task in group.tasks if on_host_network(task)]
    return all(str(port.static) in task.env.values() or _told(task, port.label) for task in on_host)


def _told(task: TaskSpec, label: str) -> bool:
    words = [*task.env.values(), *task.config.args, task.config.command, *(one.data for one in task.templates)]
    return any(f"NOMAD_PORT_{label}" in word for word in words if isinstance(word, str))


def _used(group: GroupSpec, label: str, number: int) -> bool:
    return any(port.label != label and port.static == number for port in _ports(group))


def _ports(group: GroupSpec) -> tuple[Port, ...]:
    return group.network.ports if group.network else ()
