"""What Nomad refuses in groups that use Consul Connect; it stops at a job's first such fault.

The tasks and ports that Nomad would inject for sidecars and gateways are not.
"""

from collections.abc import Iterator

from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, number, tasks_in, text
from muster.nomad.embedded.validation.wording import broken, quoted


def connect_errors(job: Block) -> tuple[str, ...]:
    """The first fault in the job's Connect services, and the first in its exposed checks."""
    groups = blocks(job, "TaskGroups")
    services = (error for group in groups for error in _service_errors(group))
    exposed = (error for group in groups for error in _expose_errors(group))
    return tuple(error for error in (next(services, ""), next(exposed, "")) if error)


def runs_injected_tasks(group: Block) -> bool:
    """Whether Nomad adds tasks of its own to the group: sidecars and gateways, where there is a network."""
    networks = blocks(group, "Networks")
    return bool(networks) and any(_sidecar(service) or _gateway(service) for service in blocks(group, "Services"))


def _connect(service: Block) -> Block:
    return inner(service, "Connect") or {}


def _sidecar(service: Block) -> bool:
    return inner(_connect(service), "SidecarService") is not None


def _gateway(service: Block) -> bool:
    return inner(_connect(service), "Gateway") is not None


def _service_errors(group: Block) -> Iterator[str]:
    for service in blocks(group, "Services"):
        if _sidecar(service):
            yield from _sidecar_errors(group, service)
        elif flag(_connect(service), "Native"):
            yield from _native_errors(group, service)
        elif _gateway(service):
            yield from _gateway_errors(group)
    yield from _upstream_errors(group)


def _sidecar_errors(group: Block, service: Block) -> tuple[str, ...]:
    name, service_name, networks = text(group, "Name"), text(service, "Name"), blocks(group, "Networks")
    mode = text(networks[0], "Mode") if networks else ""
    start = "Consul Connect sidecar"
    return broken(
        (len(networks) != 1, f"{start}s require exactly 1 network, found {len(networks)} in group {quoted(name)}"),
        (mode != "bridge", f"{start} requires bridge network, found {quoted(mode)} in group {quoted(name)}"),
        (
            service_name != service_name.lower(),
            f"Consul Connect service name {quoted(service_name)} in group {quoted(name)} "
            "must not contain uppercase characters",
        ),
        (
            name != name.lower(),
            f"Consul Connect group {quoted(name)} with service {quoted(service_name)} "
            "must not contain uppercase characters",
        ),
    )


def _native_errors(group: Block, service: Block) -> tuple[str, ...]:
    task, known = text(service, "TaskName"), {text(task, "Name") for task in tasks_in(group)}
    place = f"Consul Connect Native service {text(group, 'Name')}->{text(service, 'Name')}"
    return broken(
        (not task and len(tasks_in(group)) != 1, f"task for {place} is ambiguous and must be set"),
        (bool(task) and task not in known, f"task {task} named by {place} does not exist"),
    )


def _gateway_errors(group: Block) -> tuple[str, ...]:
    networks = blocks(group, "Networks")
    place = f"found {len(networks)} in group {quoted(text(group, 'Name'))}"
    modes = {text(network, "Mode") for network in networks}
    return broken(
        (len(networks) != 1, f"Consul Connect gateways require exactly 1 network, {place}"),
        (
            not modes <= {"bridge", "host"},
            'Consul Connect Gateway service requires Task Group with network mode of type "bridge" or "host"',
        ),
    )


def _upstream_errors(group: Block) -> Iterator[str]:
    taken: dict[str, str] = {}
    for service in blocks(group, "Services"):
        proxy = inner(inner(_connect(service), "SidecarService") or {}, "Proxy") or {}
        for upstream in blocks(proxy, "Upstreams"):
            address = f"{text(upstream, 'LocalBindAddress')}:{number(upstream, 'LocalBindPort')}"
            if address in taken:
                both = f"{quoted(text(service, 'Name'))} and {quoted(taken[address])}"
                place = f"in group {quoted(text(group, 'Name'))}"
                yield f"Consul Connect services {both} {place} using same address for upstreams ({address})"
            taken[address] = text(service, "Name")


def _expose_errors(group: Block) -> Iterator[str]:
    name, networks = text(group, "Name"), blocks(group, "Networks")
    exposed = [service for service in blocks(group, "Services") if _exposed(service)]
    purpose = "bridge network for exposing service check(s)"
    yield from broken(
        (bool(exposed) and len(networks) != 1, f"group {quoted(name)} must specify one {purpose}"),
        (
            bool(exposed) and {text(network, "Mode") for network in networks} != {"bridge"},
            f"group {quoted(name)} must use {purpose}",
        ),
    )
    for service in exposed:
        for check in _exposed(service):
            place = f"exposed service check {name}->{text(service, 'Name')}->{text(check, 'Name')}"
            yield from broken((not _sidecar(service), f"{place} requires use of sidecar_proxy"))
    for task in tasks_in(group):
        for service in blocks(task, "Services"):
            for check in _exposed(service):
                place = f"{name}[{text(task, 'Name')}]->{text(service, 'Name')}->{text(check, 'Name')}"
                yield f"exposed service check {place} is not a task-group service"


def _exposed(service: Block) -> list[Block]:
    return [check for check in blocks(service, "Checks") if flag(check, "Expose")]
