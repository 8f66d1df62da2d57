"""On which nodes a group may run: those with a GPU, and those of its images' architecture where nodes differ in it."""

from collections.abc import Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.build.layout import GroupLayout
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.policies import Constraint
from muster.nomad.domain.profile import ServiceProfile

GPU = "nvidia/gpu"
"""Nomad's name of the device that NVIDIA's plugin finds."""
GPU_RUNTIME = "nvidia"
"""Docker's runtime that gives a container the GPUs; Nomad's client allows it unless `allow_runtimes` says otherwise."""
ARCHITECTURE = "${attr.cpu.arch}"


def has_gpu_plugin(target: Target | None) -> bool:
    """Whether some ready node offers GPUs as devices, which Nomad counts and keeps apart."""
    return target is not None and any(one.startswith(f"{GPU}/") for one in target.devices)


def gpu_mark(target: Target | None) -> Constraint | None:
    """What picks the nodes with a GPU where no plugin does: the nodes' own class or meta."""
    marks = target.gpu_marks if target and not has_gpu_plugin(target) else ()
    return marks[0] if marks else None


def placing_constraints(group: GroupLayout, target: Target | None) -> tuple[Constraint, ...]:
    """Architecture, GPU, and what somebody wrote down; each once."""
    said = (fact.value for one in group.members for fact in one.constraints)
    found = (
        *(Constraint(attribute=ARCHITECTURE, value=one.value) for one in _architectures(group, target)),
        *([mark] if (mark := _group_mark(group, target)) else []),
        *(Constraint(attribute=one.attribute, operator=one.operator, value=one.value) for one in said),
    )
    return tuple(dict.fromkeys(found))


def placing_reasons(group: GroupLayout, target: Target | None) -> Iterator[str]:
    """Why, in the order of the constraints."""
    nodes = f"; the nodes are {' and '.join(target.architectures)}" if target and target.architectures else ""
    for one in _architectures(group, target):
        yield one.explain() + nodes
    if mark := _group_mark(group, target):
        yield f"it asks for a GPU, no node has the plugin for {GPU}, and {mark.attribute} says which nodes have one"
    for service in group.members:
        yield from (one.explain() for one in service.constraints)


def needs_constraint(service: ServiceProfile, target: Target | None) -> bool:
    """Whether its architecture rules out a node, as far as anybody knows, or somebody asked for it."""
    if service.architecture is None:
        return False
    uniform = target is not None and target.architectures == (service.architecture.value,)
    return service.architecture.source == "user" or not uniform


def _architectures(group: GroupLayout, target: Target | None) -> tuple[Sourced[str], ...]:
    found = [one.architecture for one in group.members if one.architecture and needs_constraint(one, target)]
    return tuple({one.value: one for one in reversed(found)}.values())[::-1]


def _group_mark(group: GroupLayout, target: Target | None) -> Constraint | None:
    return gpu_mark(target) if any(one.gpus for one in group.members) else None
