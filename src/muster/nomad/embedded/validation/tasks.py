"""What Nomad refuses in one task."""

from collections.abc import Iterator

from muster.nomad.embedded.validation.files import ESCAPES, artifacts_errors, escapes_alloc_dir, templates_errors
from muster.nomad.embedded.validation.placement import affinities_errors, constraint_errors, device_errors
from muster.nomad.embedded.validation.reading import Block, blocks, inner, number, text, texts
from muster.nomad.embedded.validation.task_services import task_service_errors
from muster.nomad.embedded.validation.volumes import propagation_errors
from muster.nomad.embedded.validation.wording import broken, listed, nested, quoted


def task_errors(task: Block, group: Block, job_type: str) -> Iterator[str]:
    """What is wrong with a task of `group`."""
    yield from _plain_errors(task)
    yield from _resource_errors(inner(task, "Resources"))
    yield from _log_errors(inner(task, "LogConfig"))
    yield from _constraint_errors(task)
    yield from affinities_errors(task, job_type)
    yield from nested(tuple(task_service_errors(task, blocks(group, "Networks"))))
    yield from _disk_errors(inner(task, "LogConfig"), inner(group, "EphemeralDisk"))
    yield from artifacts_errors(task)
    yield from _vault_errors(inner(task, "Vault"))
    yield from templates_errors(task)
    yield from _dispatch_errors(inner(task, "DispatchPayload"))
    yield from _lifecycle_errors(inner(task, "Lifecycle"))
    yield from propagation_errors(task)


def _plain_errors(task: Block) -> tuple[str, ...]:
    name = text(task, "Name")
    slashes = "/" in name or "\\" in name
    return broken(
        (not name, "Missing task name"),
        (slashes, "Task name cannot include slashes"),
        (not slashes and "\0" in name, "Task name cannot include null characters"),
        (not text(task, "Driver"), "Missing task driver"),
        (number(task, "KillTimeout") < 0, "KillTimeout must be a positive value"),
        (number(task, "ShutdownDelay") < 0, "ShutdownDelay must be a positive value"),
    )


def _resource_errors(resources: Block | None) -> tuple[str, ...]:
    if resources is None:
        return ("Missing task resources",)
    return nested((*_amount_errors(resources), *_device_errors(resources), *_ceiling_errors(resources)))


def _amount_errors(resources: Block) -> tuple[str, ...]:
    cpu, cores, memory_mb = (number(resources, key) for key in ("CPU", "Cores", "MemoryMB"))
    too_small = broken(
        (cpu < 1 and cores == 0, f"minimum CPU value is 1; got {cpu}"),
        (memory_mb < 10, f"minimum MemoryMB value is 10; got {memory_mb}"),
    )
    disk_rule = "Task can't ask for disk resources, they have to be specified at the task group level."
    return (
        *broken((cores > 0 and cpu > 0, "Task can only ask for 'cpu' or 'cores' resource, not both.")),
        *nested(too_small),
        *broken((number(resources, "DiskMB") > 0, disk_rule)),
    )


def _device_errors(resources: Block) -> Iterator[str]:
    for at, device in enumerate(blocks(resources, "Devices"), start=1):
        yield from nested(tuple(device_errors(device)), f"device {at} failed validation: ")


def _ceiling_errors(resources: Block) -> tuple[str, ...]:
    ceiling_mb, memory_mb = number(resources, "MemoryMaxMB"), number(resources, "MemoryMB")
    rule = f"MemoryMaxMB value ({ceiling_mb}) should be larger than MemoryMB value ({memory_mb})"
    return broken((ceiling_mb != 0 and ceiling_mb < memory_mb, rule))


def _log_errors(logs: Block | None) -> tuple[str, ...]:
    if logs is None:
        return ("Missing Log Config",)
    files, size_mb = number(logs, "MaxFiles"), number(logs, "MaxFileSizeMB")
    return nested(
        broken(
            (files < 1, f"minimum number of files is 1; got {files}"),
            (size_mb < 1, f"minimum file size is 1MB; got {size_mb}"),
        )
    )


def _constraint_errors(task: Block) -> Iterator[str]:
    for at, constraint in enumerate(blocks(task, "Constraints"), start=1):
        yield from nested(constraint_errors(constraint), f"Constraint {at} validation failed: ")
        operand = text(constraint, "Operand")
        rule = f"Constraint {at} has disallowed Operand at task level: {operand}"
        yield from broken((operand in ("distinct_hosts", "distinct_property"), rule))


def _disk_errors(logs: Block | None, disk: Block | None) -> tuple[str, ...]:
    if logs is None or disk is None:
        return ()
    logs_mb, disk_mb = number(logs, "MaxFiles") * number(logs, "MaxFileSizeMB"), number(disk, "SizeMB")
    rule = f"log storage ({logs_mb} MB) must be less than requested disk capacity ({disk_mb} MB)"
    return broken((disk_mb <= logs_mb, rule))


def _vault_errors(vault: Block | None) -> tuple[str, ...]:
    if vault is None:
        return ()
    policies, mode = texts(vault, "Policies"), text(vault, "ChangeMode")
    errors = (
        *broken((not policies, "Policy list cannot be empty")),
        *('Can not specify "root" policy' for policy in policies if policy == "root"),
        *broken(
            (
                mode == "signal" and not text(vault, "ChangeSignal"),
                'Signal must be specified when using change mode "signal"',
            ),
            (mode not in ("signal", "noop", "restart"), f"Unknown change mode {quoted(mode)}"),
        ),
    )
    return nested(errors, "Vault validation failed: ")


def _dispatch_errors(payload: Block | None) -> tuple[str, ...]:
    escapes = payload is not None and escapes_alloc_dir("task/local/", text(payload, "File"))
    return broken((escapes, f"Dispatch Payload validation failed: {ESCAPES}"))


def _lifecycle_errors(lifecycle: Block | None) -> tuple[str, ...]:
    if lifecycle is None:
        return ()
    hook = text(lifecycle, "Hook")
    known = hook in ("prestart", "poststart", "poststop")
    return broken(
        (not hook, "Lifecycle validation failed: no lifecycle hook provided"),
        (bool(hook) and not known, f"Lifecycle validation failed: invalid hook: {hook}"),
    )


def task_warnings(task: Block) -> Iterator[str]:
    """What Nomad warns of in one task."""
    resources = inner(task, "Resources") or {}
    iops = "IOPS has been deprecated as of Nomad 0.9.0. Please remove IOPS from resource stanza."
    networks = (
        "task network resources have been deprecated as of Nomad 0.12.0. "
        "Please configure networking via group network block."
    )
    yield from broken((number(resources, "IOPS") != 0, iops), (bool(blocks(resources, "Networks")), networks))
    grace = (
        "VaultGrace has been deprecated as of Nomad 0.11 and ignored since Vault 0.5. "
        "Please remove VaultGrace / vault_grace from template stanza."
    )
    for at, template in enumerate(blocks(task, "Templates")):
        yield from broken((number(template, "VaultGrace") != 0, listed((f"Template[{at}] {grace}",))))
