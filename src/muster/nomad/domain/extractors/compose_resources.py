"""What a compose service may use, how many of it run, and what more than an ordinary container it asks for."""

import math
import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, ScalarNode, elements, is_true, scalar, scalars
from muster.nomad.domain.facts import Evidence, PrivilegeFact, ReplicasFact, ResourcesFact, WorkloadFact

MHZ_PER_CPU = 1000
"""A rule of thumb: compose counts CPUs, Nomad counts MHz, and clouds' virtual CPUs have two to three thousand. The
low end is taken, since Nomad's `cpu` is a share that may be exceeded while the node has idle time."""

_BYTES = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_HOST_NAMESPACES = ("pid", "ipc", "uts", "userns_mode", "cgroup")
_LISTS = ("cap_add", "devices", "security_opt", "device_cgroup_rules")


def resource_facts(service: Service) -> Iterator[Evidence]:
    """Resources, replicas, mode, privileges."""
    yield from _resources(service)
    yield from _replicas(service)
    yield from _privileges(service)


def memory_mb(text: str) -> int | None:
    """MiB, which Nomad calls MB, rounded up: `512m`, `1.5gb`, `134217728`. None for what is no size."""
    size = size_bytes(text)
    return math.ceil(size / 2**20) if size else None


def size_bytes(text: str) -> int | None:
    """The size in bytes, None for what is no size."""
    found = _BYTES.fullmatch(text.strip())
    return math.ceil(float(found[1]) * _FACTORS[found[2].lower()]) or None if found else None


def restricts(security_opt: str) -> bool:
    """Whether a `security_opt` takes something from the container instead of giving it more."""
    return re.fullmatch(r"no-new-privileges(?:[:=]\w+)?", security_opt.strip()) is not None


def _resources(service: Service) -> Iterator[Evidence]:
    limits, reserved = (service.section("deploy", "resources", kind) for kind in ("limits", "reservations"))
    yield from _senseless_sizes(service, limits, reserved)
    limit = _memory(service, limits, "memory") or _memory(service, service.body, "mem_limit")
    asked = _memory(service, reserved, "memory") or _memory(service, service.body, "mem_reservation")
    cpu = _mhz(service, reserved, "cpus") or _mhz(service, limits, "cpus") or _mhz(service, service.body, "cpus")
    fact = ResourcesFact(
        cpu_mhz=cpu,
        memory_mb=asked or limit,
        memory_max_mb=limit if asked and limit and limit > asked else None,
        gpus=_gpus(service, reserved),
    )
    if fact != ResourcesFact():
        key = next(
            (key for key in ("deploy", "mem_limit", "mem_reservation", "cpus") if key in service.body.items), "gpus"
        )
        at = limits.at or reserved.at or service.at(key)
        rule = f" (one CPU counts as {MHZ_PER_CPU} MHz)" if cpu else ""
        yield service.evidence(fact, at, f"limits or reservations of the service{rule}")


def _senseless_sizes(service: Service, limits: MapNode, reserved: MapNode) -> Iterator[Evidence]:
    places = [(node, key) for node in (limits, reserved) for key in ("memory", "cpus")]
    for node, key in (*places, *((service.body, key) for key in ("mem_limit", "mem_reservation", "cpus"))):
        found, read = scalar(node.get(key)), _mhz if key == "cpus" else _memory
        text = service.resolve(found).text if found else ""
        if found and text.strip("0. ") and read(service, node, key) is None:
            yield service.problem(f"{key} {text[:60]!r} is no amount that can be read", found.at)


def _memory(service: Service, node: MapNode, key: str) -> int | None:
    found = scalar(node.get(key))
    return memory_mb(service.resolve(found).text) if found else None


def _mhz(service: Service, node: MapNode, key: str) -> int | None:
    found = scalar(node.get(key))
    text = service.resolve(found).text if found else ""
    if not re.fullmatch(r"\d{0,5}\.?\d{1,6}", text):
        return None
    return math.ceil(float(text) * MHZ_PER_CPU) or None


def _gpus(service: Service, reserved: MapNode) -> int | None:
    """`gpus: all` and a device without a count ask for at least one."""
    runtime = scalar(service.body.get("runtime"))
    nodes = [*elements(service.body.get("gpus")), *(one for one in elements(reserved.get("devices")) if _is_gpu(one))]
    return sum(_count(service, one) for one in nodes) or (1 if runtime and runtime.text == "nvidia" else None)


def _is_gpu(node: Node) -> bool:
    return isinstance(node, MapNode) and any("gpu" in one.text for one in scalars(node.get("capabilities")))


def _count(service: Service, node: Node) -> int:
    if not isinstance(node, MapNode):
        return 1
    ids = len(elements(node.get("device_ids")))
    count = scalar(node.get("count"))
    return (_number(service, count) if count else None) or ids or 1


def _number(service: Service, node: ScalarNode) -> int | None:
    text = service.resolve(node).text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _replicas(service: Service) -> Iterator[Evidence]:
    deploy = service.section("deploy")
    for key, node in (("deploy.replicas", deploy.get("replicas")), ("scale", service.body.get("scale"))):
        count = _number(service, node) if isinstance(node, ScalarNode) else None
        if count is not None and node is not None:
            yield service.evidence(ReplicasFact(count=count), node.at, f"`{key}` of the service")
        elif isinstance(node, ScalarNode) and not node.is_null:
            yield service.problem(f"{key} {service.resolve(node).text[:60]!r} is no count", node.at)
    mode = scalar(deploy.get("mode"))
    if mode is not None and mode.text == "global":
        yield service.evidence(WorkloadFact(workload="system"), mode.at, "deploy.mode global: one on each node")
    elif mode is not None and mode.text in {"replicated-job", "global-job"}:
        yield service.evidence(WorkloadFact(workload="batch"), mode.at, f"deploy.mode {mode.text}: it runs to its end")


def _privileges(service: Service) -> Iterator[Evidence]:
    if is_true(service.body.get("privileged")):
        fact = PrivilegeFact(privilege="privileged")
        yield service.evidence(fact, service.at("privileged"), "`privileged` of the service")
    for key in _HOST_NAMESPACES:
        said = service.text(key)
        if said is not None and said.text == "host":
            yield service.evidence(PrivilegeFact(privilege=key, detail="host"), said.at, f"`{key}` of the service")
    for key in _LISTS:
        for node in elements(service.body.get(key)):
            detail = _detail(service, node)
            if key != "security_opt" or not restricts(detail):
                yield service.evidence(PrivilegeFact(privilege=key, detail=detail), node.at, f"`{key}` of the service")
    hosts = service.section("extra_hosts")
    for name, node in hosts.items.items():
        detail = ":".join(part for part in (name, _detail(service, node)) if part)
        at = hosts.key_at.get(name, hosts.at)
        yield service.evidence(
            PrivilegeFact(privilege="extra_hosts", detail=detail), at, "`extra_hosts` of the service"
        )


def _detail(service: Service, node: Node) -> str:
    if isinstance(node, ScalarNode):
        return service.resolve(node).text
    parts = [scalar(node.get(key)) for key in ("source", "target")] if isinstance(node, MapNode) else []
    return ":".join(service.resolve(part).text for part in parts if part)
