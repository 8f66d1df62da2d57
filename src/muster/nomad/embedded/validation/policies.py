"""What Nomad refuses in a group's restart, reschedule, update, migrate, disk and scaling blocks."""

from collections.abc import Iterator

from muster.nomad.embedded.validation.reading import Block, flag, inner, number, pairs, text
from muster.nomad.embedded.validation.wording import broken, lasting, nested, quoted

SECOND_NS = 1_000_000_000


def restart_errors(restart: Block) -> tuple[str, ...]:
    """What is wrong with a restart policy."""
    mode, attempts = text(restart, "Mode"), number(restart, "Attempts")
    interval, delay = number(restart, "Interval"), number(restart, "Delay")
    return broken(
        (mode not in ("delay", "fail"), f"Unsupported restart mode: {quoted(mode)}"),
        (attempts == 0 and mode != "fail", f"Restart policy {quoted(mode)} with {attempts} attempts is ambiguous"),
        (interval < 5 * SECOND_NS, f"Interval can not be less than 5s (got {lasting(interval)})"),
        (
            attempts * delay > interval,
            f"Nomad can't restart the TaskGroup {attempts} times in an interval of {lasting(interval)} "
            f"with a delay of {lasting(delay)}",
        ),
    )


def update_errors(update: Block) -> tuple[str, ...]:
    """What is wrong with an update strategy: minimum healthy time < healthy deadline < progress deadline."""
    parallel, canary = number(update, "MaxParallel"), number(update, "Canary")
    health = text(update, "HealthCheck")
    return (
        *broken(
            (
                health not in ("checks", "task_states", "manual"),
                f"Invalid health check given: {quoted(health)}",
            ),
            (parallel < 0, f"Max parallel can not be less than zero: {parallel} < 0"),
            (canary < 0, f"Canary count can not be less than zero: {canary} < 0"),
            (canary == 0 and flag(update, "AutoPromote"), "Auto Promote requires a Canary count greater than zero"),
        ),
        *_deadline_errors(update),
    )


def _deadline_errors(update: Block) -> tuple[str, ...]:
    healthy, deadline = number(update, "MinHealthyTime"), number(update, "HealthyDeadline")
    progress, stagger = number(update, "ProgressDeadline"), number(update, "Stagger")
    spoken = lasting(deadline)
    return broken(
        (healthy < 0, f"Minimum healthy time may not be less than zero: {lasting(healthy)}"),
        (deadline <= 0, f"Healthy deadline must be greater than zero: {spoken}"),
        (progress < 0, f"Progress deadline must be zero or greater: {lasting(progress)}"),
        (
            healthy >= deadline,
            f"Minimum healthy time must be less than healthy deadline: {lasting(healthy)} > {spoken}",
        ),
        (
            progress != 0 and deadline >= progress,
            f"Healthy deadline must be less than progress deadline: {spoken} > {lasting(progress)}",
        ),
        (stagger <= 0, f"Stagger must be greater than zero: {lasting(stagger)}"),
    )


def migrate_errors(migrate: Block) -> tuple[str, ...]:
    """What is wrong with a migrate strategy."""
    parallel, health = number(migrate, "MaxParallel"), text(migrate, "HealthCheck")
    healthy, deadline = number(migrate, "MinHealthyTime"), number(migrate, "HealthyDeadline")
    return broken(
        (parallel < 0, f"MaxParallel must be >= 0 but found {parallel}"),
        (not health and parallel > 0, "Missing HealthCheck"),
        (health not in ("", "checks", "task_states"), f"Invalid HealthCheck: {quoted(health)}"),
        (healthy < 0, f"MinHealthyTime is {lasting(healthy)} and must be >= 0"),
        (deadline < 0, f"HealthyDeadline is {lasting(deadline)} and must be >= 0"),
        (healthy > deadline, "MinHealthyTime must be less than HealthyDeadline"),
    )


def disk_errors(disk: Block) -> tuple[str, ...]:
    """What is wrong with an ephemeral disk (megabytes)."""
    size_mb = number(disk, "SizeMB")
    return broken((size_mb < 10, f"minimum DiskMB value is 10; got {size_mb}"))


def scaling_errors(group: Block) -> Iterator[str]:
    """What is wrong with a group's scaling policy, and with its count beside it."""
    scaling = inner(group, "Scaling")
    if scaling is None:
        return
    for error in _bounds_errors(scaling):
        yield f"Scaling policy invalid: {error}"
    count = number(group, "Count")
    text_start = "Scaling policy invalid: task group count must not be"
    yield from broken(
        (number(scaling, "Max") < count, f"{text_start} greater than maximum count in scaling policy"),
        (count < number(scaling, "Min"), f"{text_start} less than minimum count in scaling policy"),
    )


def _bounds_errors(scaling: Block) -> Iterator[str]:
    smallest, largest = number(scaling, "Min"), number(scaling, "Max")
    target = pairs(scaling, "Target")
    for name, key in (("namespace", "Namespace"), ("job", "Job"), ("group", "Group")):
        yield from broken((bool(target) and not target.get(key), f"missing target {name}"))
    yield from broken(
        (largest < 0, "maximum count must be specified and non-negative"),
        (0 <= largest < smallest, "maximum count must not be less than minimum count"),
        (smallest < 0, "minimum count must be specified and non-negative"),
    )


def strategy_errors(group: Block, job_type: str) -> Iterator[str]:
    """What is wrong with the update and migrate blocks, which not every type of job allows."""
    update, migrate = inner(group, "Update"), inner(group, "Migrate")
    if update is not None:
        disallowed = f"Job type {quoted(job_type)} does not allow update block"
        yield from broken((job_type not in ("service", "system"), disallowed))
        yield from nested(update_errors(update))
    if migrate is not None and job_type == "service":
        yield from nested(migrate_errors(migrate))
    elif migrate is not None:
        yield f"Job type {quoted(job_type)} does not allow migrate block"
