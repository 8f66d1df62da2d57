"""What Nomad refuses in the services of one task: duplicates, ports that do not exist, modes for groups only."""

import re
from collections.abc import Iterator

from muster.nomad.embedded.validation.checks import requires_port
from muster.nomad.embedded.validation.reading import Block, blocks, inner, text
from muster.nomad.embedded.validation.services import service_errors
from muster.nomad.embedded.validation.wording import broken, nested, quoted

_NUMERIC = re.compile(r"[+-]?[0-9]+")
_GROUP_ONLY = 'cannot use address_mode="alloc", only'


def task_service_errors(task: Block, group_networks: tuple[Block, ...]) -> Iterator[str]:
    """What is wrong with a task's services; the ports are those of the group's first network and the task's own."""
    taken: set[tuple[str, str]] = set()
    for at, service in enumerate(blocks(task, "Services")):
        name, port = text(service, "Name"), text(service, "PortLabel")
        spoken = quoted(name, ascii_only=True)
        yield from nested(service_errors(service), f"service[{at}] {spoken} validation failed: ")
        yield from _place_errors(service)
        yield from broken(((name, port) in taken, f"service {quoted(name)} is duplicate"))
        taken.add((name, port))
        yield from broken((inner(service, "Connect") is not None, _connect_rule(name)))
        yield from _task_check_errors(service)
    yield from _unknown_ports(task, group_networks)


def _place_errors(service: Block) -> tuple[str, ...]:
    rule = f'{_GROUP_ONLY} services defined in a "group" block can use this mode'
    return broken((text(service, "AddressMode") == "alloc", f"service {quoted(text(service, 'Name'))} {rule}"))


def _connect_rule(name: str) -> str:
    return f'service {quoted(name)} cannot have "connect" block, only services defined in a "group" block can'


def _task_check_errors(service: Block) -> Iterator[str]:
    seen: set[str] = set()
    rule = f'{_GROUP_ONLY} checks defined in a "group" service block can use this mode'
    for check in blocks(service, "Checks"):
        name = text(check, "Name")
        yield from broken(
            (name in seen, f"check {quoted(name)} is duplicate"),
            (text(check, "AddressMode") == "alloc", f"check {quoted(text(service, 'Name'))} {rule}"),
        )
        seen.add(name)
        yield from _check_port_errors(check, _effective_port(check, service))


def _effective_port(check: Block, service: Block) -> str:
    return text(check, "PortLabel") or text(service, "PortLabel")


def _check_port_errors(check: Block, port: str) -> tuple[str, ...]:
    if not requires_port(check) or (port and not _NUMERIC.fullmatch(port)):
        return ()
    start = f"check {quoted(text(check, 'Name'))}"
    if not port:
        return (f"{start} is missing a port",)
    if text(check, "AddressMode") == "driver":
        return broken((int(port) <= 0, f"{start} has invalid numeric port {int(port)}"))
    return (f'{start} cannot use a numeric port {int(port)} without setting address_mode="driver"',)


def _unknown_ports(task: Block, group_networks: tuple[Block, ...]) -> Iterator[str]:
    own = blocks(inner(task, "Resources") or {}, "Networks")
    known = {text(port, "Label") for network in (*group_networks[:1], *own) for port in ports_of(network)}
    wanted: dict[str, set[str]] = {}
    for service in blocks(task, "Services"):
        for label in _wanted_labels(service):
            wanted.setdefault(label, set()).add(text(service, "Name"))
    for label in sorted(wanted.keys() - known):
        names = ", ".join(sorted(wanted[label]))
        yield f"port label {quoted(label)} referenced by services {names} does not exist"


def _wanted_labels(service: Block) -> Iterator[str]:
    port = text(service, "PortLabel")
    if port and not (text(service, "AddressMode") == "driver" and _NUMERIC.fullmatch(port)):
        yield port
    for check in blocks(service, "Checks"):
        label = _effective_port(check, service)
        if requires_port(check) and label and not _NUMERIC.fullmatch(label):
            yield label


def ports_of(network: Block) -> tuple[Block, ...]:
    """The ports of a network, static ones first, as Nomad goes through them."""
    return (*blocks(network, "ReservedPorts"), *blocks(network, "DynamicPorts"))
