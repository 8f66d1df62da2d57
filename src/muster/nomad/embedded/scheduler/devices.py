"""Devices of nodes: which answer a request, and which of them are still free."""

import operator
from collections.abc import Callable, Iterable, Mapping

from muster.nomad.embedded.scheduler.constraints import OPERATORS
from muster.nomad.embedded.scheduler.machines import DeviceGroup
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.quantities import in_base_units
from muster.nomad.embedded.state.specs import Affinity, Constraint, DeviceRequest, GroupSpec
from muster.nomad.embedded.state.values import Allocation, GrantedDevice

NONE_THERE = "devices: no devices available"
NONE_FREE = "devices: no devices match request"
ZERO = "devices: invalid request of zero devices"
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Grants = dict[str, tuple[GrantedDevice, ...]]


def matches(device: DeviceGroup, request: DeviceRequest) -> bool:
    """Whether the devices are of the kind that was asked for and meet its constraints."""
    return device.answers_to(request.name) and all(_meets(device, rule) for rule in request.constraints)


def grant(group: GroupSpec, node: Node, others: Iterable[Allocation]) -> tuple[Grants, float | None] | str:
    """Devices for each task beside other allocations and the score of their affinities; a dimension when some lack."""
    taken = {id_ for other in others for held in other.granted.devices.values() for g in held for id_ in g.ids}
    grants: Grants = {}
    matched, weights = 0.0, 0.0
    for task in group.tasks:
        for request in task.devices:
            chosen = _choose(request, node, taken)
            if isinstance(chosen, str):
                return chosen
            granted, score = chosen
            taken |= set(granted.ids)
            grants[task.name] = (*grants.get(task.name, ()), granted)
            matched += score
            weights += sum(abs(a.weight) for a in request.affinities)
    return grants, matched / weights if weights else None


def _choose(request: DeviceRequest, node: Node, taken: set[str]) -> tuple[GrantedDevice, float] | str:
    if not node.devices:
        return NONE_THERE
    if request.count <= 0:
        return ZERO
    free = {number: [i for i in device.ids if i not in taken] for number, device in enumerate(node.devices)}
    able = [n for n, d in enumerate(node.devices) if matches(d, request) and len(free[n]) >= request.count]
    if not able:
        return NONE_FREE
    best = max(able, key=lambda n: _score(node.devices[n], request.affinities))
    device = node.devices[best]
    ids = tuple(free[best][: request.count])
    return GrantedDevice(device.vendor, device.kind, device.name, ids), _score(device, request.affinities)


def _score(device: DeviceGroup, affinities: tuple[Affinity, ...]) -> float:
    return float(sum(a.weight for a in affinities if _meets(device, a.rule)))


def _meets(device: DeviceGroup, rule: Constraint) -> bool:
    test = OPERATORS.get(rule.operand)
    if test is None:
        return False
    left, right = _value(device, rule.ltarget), _value(device, rule.rtarget)
    amounts = in_base_units(left), in_base_units(right)
    if rule.operand in _COMPARE and amounts[0] is not None and amounts[1] is not None:
        return _COMPARE[rule.operand](amounts[0], amounts[1])
    return test(left, right)


def _value(device: DeviceGroup, target: str) -> str | None:
    """What `${device.model}`, `${device.attr.x}` are; other text is itself."""
    if not target.startswith("${device."):
        return target
    name = target.removeprefix("${device.").removesuffix("}")
    known: Mapping[str, str] = {"vendor": device.vendor, "type": device.kind, "model": device.name}
    return device.attributes.get(name.removeprefix("attr.")) if name.startswith("attr.") else known.get(name)
