"""What Nomad refuses in one group, and what it warns of."""

from collections.abc import Iterator

from muster.nomad.embedded.validation.connect import runs_injected_tasks
from muster.nomad.embedded.validation.networks import network_errors
from muster.nomad.embedded.validation.placement import affinities_errors, constraints_errors, spreads_errors
from muster.nomad.embedded.validation.policies import disk_errors, restart_errors, scaling_errors, strategy_errors
from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, number, tasks_in, text
from muster.nomad.embedded.validation.reschedule import group_reschedule_errors
from muster.nomad.embedded.validation.services import group_service_errors, script_check_errors
from muster.nomad.embedded.validation.tasks import task_errors, task_warnings
from muster.nomad.embedded.validation.volumes import group_volume_errors, mount_errors
from muster.nomad.embedded.validation.wording import broken, listed, nested


def group_errors(group: Block, job_type: str) -> Iterator[str]:
    """What is wrong with a group of a job of `job_type`."""
    yield from _plain_errors(group)
    yield from constraints_errors(group)
    yield from affinities_errors(group, job_type)
    yield from _restart_errors(group)
    yield from spreads_errors(group, job_type)
    yield from group_reschedule_errors(text(group, "Name"), inner(group, "ReschedulePolicy"), job_type)
    yield from _disk_errors(group)
    yield from strategy_errors(group, job_type)
    yield from _task_name_errors(group)
    yield from group_volume_errors(group)
    yield from nested(tuple(network_errors(group)), "Task group network validation failed: ")
    yield from nested(tuple(group_service_errors(group)), "Task group service validation failed: ")
    yield from nested(tuple(script_check_errors(group)), "Task group service check validation failed: ")
    yield from nested(tuple(scaling_errors(group)), "Task group scaling policy validation failed: ")
    for task in tasks_in(group):
        yield from mount_errors(task, group)
        errors = tuple(task_errors(task, group, job_type))
        yield from nested(errors, f"Task {text(task, 'Name')} validation failed: ")


def _plain_errors(group: Block) -> tuple[str, ...]:
    name = text(group, "Name")
    return broken(
        (not name, "Missing task group name"),
        ("\0" in name, "Task group name contains null character"),
        (number(group, "Count") < 0, "Task group count can't be negative"),
        (not tasks_in(group) and not runs_injected_tasks(group), "Missing tasks for task group"),
    )


def _restart_errors(group: Block) -> tuple[str, ...]:
    restart = inner(group, "RestartPolicy")
    if restart is None:
        return (f"Task Group {text(group, 'Name')} should have a restart policy",)
    return nested(restart_errors(restart))


def _disk_errors(group: Block) -> tuple[str, ...]:
    disk = inner(group, "EphemeralDisk")
    if disk is None:
        return (f"Task Group {text(group, 'Name')} should have an ephemeral disk object",)
    return disk_errors(disk)


def _task_name_errors(group: Block) -> Iterator[str]:
    first: dict[str, int] = {}
    for at, task in enumerate(tasks_in(group), start=1):
        name = text(task, "Name")
        if not name:
            yield f"Task {at} missing name"
        elif name in first:
            yield f"Task {at} redefines '{name}' from task {first[name]}"
        first.setdefault(name, at)
    leaders = sum(flag(task, "Leader") for task in tasks_in(group))
    yield from broken((leaders > 1, "Only one task may be marked as leader"))


def group_warnings(group: Block) -> Iterator[str]:
    """What Nomad warns of in one group."""
    count, parallel = number(group, "Count"), number(inner(group, "Update") or {}, "MaxParallel")
    simultaneous = (
        f"Update max parallel count is greater than task group count ({parallel} > {count}). "
        "A destructive change would result in the simultaneous replacement of all allocations."
    )
    mbits = "mbits has been deprecated as of Nomad 0.12.0. Please remove mbits from the network block"
    yield from broken(
        (inner(group, "Update") is not None and parallel > count, simultaneous),
        (any(number(network, "MBits") > 0 for network in blocks(group, "Networks")[:1]), mbits),
    )
    for task in tasks_in(group):
        warnings = tuple(f'Task "{text(task, "Name")}": {warning}' for warning in task_warnings(task))
        yield from broken((bool(warnings), listed(warnings)))
