"""What Nomad refuses in a service, and in the services of a whole group."""

import re
from collections.abc import Iterator

from muster.nomad.embedded.validation.checks import check_error, requires_port
from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, tasks_in, text
from muster.nomad.embedded.validation.wording import broken, nested, quoted

_ENV_REFERENCE = re.compile(r"\$\{[a-zA-Z0-9_\-.]+\}")
_RFC_1123 = re.compile(r"[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9]")
_ADDRESS_MODES = ("", "auto", "host", "driver", "alloc")


def service_errors(service: Block) -> tuple[str, ...]:
    """What is wrong with one service; `${...}` in its name counts as a valid word."""
    name, mode, on_update = text(service, "Name"), text(service, "AddressMode"), text(service, "OnUpdate")
    valid_name = _RFC_1123.fullmatch(_ENV_REFERENCE.sub("ENV-VAR", name))
    name_rule = "Service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes"
    return (
        *broken(
            (valid_name is None, f"{name_rule}: {quoted(name)}"),
            (
                mode not in _ADDRESS_MODES,
                f'Service address_mode must be "auto", "host", or "driver"; not {quoted(mode)}',
            ),
            (
                on_update not in ("", "ignore", "require_healthy", "ignore_warnings"),
                f'Service on_update must be "require_healthy", "ignore_warnings", or "ignore"; not {quoted(on_update)}',
            ),
        ),
        *_check_errors(service),
        *_connect_errors(service),
    )


def _check_errors(service: Block) -> Iterator[str]:
    name, port = text(service, "Name"), text(service, "PortLabel")
    sidecar = inner(inner(service, "Connect") or {}, "SidecarService")
    for check in blocks(service, "Checks"):
        start = f"Check {text(check, 'Name')} invalid:"
        if not port and not text(check, "PortLabel") and requires_port(check):
            spoken = quoted(name, ascii_only=True)
            yield f"{start} check requires a port but neither check nor service {spoken} have a port"
        elif text(check, "Type") == "tcp" and sidecar is not None:
            yield f"{start} tcp checks are not valid for Connect enabled services"
        else:
            error = check_error(check)
            yield from broken((bool(error), f"{start} {error}"))


def _connect_errors(service: Block) -> tuple[str, ...]:
    connect = inner(service, "Connect")
    if connect is None:
        return ()
    native = flag(connect, "Native")
    kinds = (native, inner(connect, "SidecarService") is not None, inner(connect, "Gateway") is not None)
    return broken(
        (
            sum(kinds) != 1,
            "Consul Connect must be exclusively native, make use of a sidecar, or represent a Gateway",
        ),
        (
            native and not text(service, "TaskName"),
            f"Service {text(service, 'Name')} is Connect Native and requires setting the task",
        ),
    )


def group_service_errors(group: Block) -> Iterator[str]:
    """What is wrong with a group's services, also beside the services of its tasks."""
    taken: set[tuple[str, str]] = set()
    for service in (service for task in tasks_in(group) for service in blocks(task, "Services")):
        yield from _duplicate(service, taken)
        for check in blocks(service, "Checks"):
            rule = f"Check {text(check, 'Name')} is invalid: only task group service checks can be assigned tasks"
            yield from broken((bool(text(check, "TaskName")), rule))
        taken.add(_identity(service))
    for at, service in enumerate(blocks(group, "Services")):
        errors = service_errors(service)
        if errors:
            yield from nested(errors, f"Service[{at}] {text(service, 'Name')} validation failed: ")
            continue
        yield from _driver_mode_error(service)
        yield from _duplicate(service, taken)
        taken.add(_identity(service))
        yield from _assigned_check_errors(service, group)


def _identity(service: Block) -> tuple[str, str]:
    return text(service, "Name"), text(service, "PortLabel")


def _duplicate(service: Block, taken: set[tuple[str, str]]) -> tuple[str, ...]:
    return broken((_identity(service) in taken, f"Service {text(service, 'Name')} is duplicate"))


def _driver_mode_error(service: Block) -> tuple[str, ...]:
    rule = 'cannot use address_mode="driver", only services defined in a "task" block can use this mode'
    return broken((text(service, "AddressMode") == "driver", f"service {quoted(text(service, 'Name'))} {rule}"))


def _assigned_check_errors(service: Block, group: Block) -> Iterator[str]:
    known = {text(task, "Name") for task in tasks_in(group)}
    driver_rule = 'cannot use address_mode="driver", only checks defined in a "task" service block can use this mode'
    for check in blocks(service, "Checks"):
        task = text(check, "TaskName")
        if not task:
            continue
        start = f"Check {text(check, 'Name')} invalid:"
        yield from broken(
            (text(check, "Type") not in ("script", "grpc"), f"{start} only script and gRPC checks should have tasks"),
            (
                text(check, "AddressMode") == "driver",
                f"Check {quoted(text(service, 'Name'))} invalid: {driver_rule}",
            ),
            (task not in known, f"{start} refers to non-existent task {task}"),
        )


def script_check_errors(group: Block) -> Iterator[str]:
    """The script checks of a group's services that do not say in which task they run."""
    for service in blocks(group, "Services"):
        for check in blocks(service, "Checks"):
            unassigned = not text(service, "TaskName") and not text(check, "TaskName")
            who = f"Service [{text(group, 'Name')}]->{text(service, 'Name')} or Check {text(check, 'Name')}"
            yield from broken((unassigned and text(check, "Type") == "script", f"{who} must specify task parameter"))
