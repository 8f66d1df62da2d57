"""Whether Nomad would accept a job, in Nomad 1.1.2's own words.

The wording was read from HashiCorp's `nomad/structs` at v1.1.2 and from recorded answers. Like Nomad it checks no
driver name, no driver configuration, no region, namespace or Vault policy. The insides of Connect gateways and
multiregion jobs are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.embedded.validation.connect import connect_errors
from muster.nomad.embedded.validation.groups import group_errors, group_warnings
from muster.nomad.embedded.validation.placement import affinities_errors, constraints_errors, spreads_errors
from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, number, tasks_in, text
from muster.nomad.embedded.validation.schedules import schedule_errors
from muster.nomad.embedded.validation.wording import broken, listed, nested, quoted, warned

_TYPES = ("_core", "service", "batch", "system")


@dataclass(frozen=True)
class Validation:
    """What Nomad says to a job: `ValidationErrors` and the warnings, each entry with its nested lists rendered."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    def error_text(self) -> str:
        """`Error` of `POST /v1/validate/job`, and the 500 body of register and plan; empty when all is well."""
        return listed(self.errors)

    def warning_text(self) -> str:
        """`Warnings` of validate, register and plan; empty when there are none."""
        return warned(self.warnings)


def validate_job(job: Block, *, memory_oversubscription: bool = False) -> Validation:
    """Judge a job in the API's JSON, canonicalized and completed as the server does before it looks."""
    errors = (
        *connect_errors(job),
        *_job_errors(job),
        *_group_errors(job),
        *schedule_errors(job),
        *_submission_errors(job),
    )
    warnings = (*_job_warnings(job), *(() if memory_oversubscription else _memory_warnings(job)))
    return Validation(errors, warnings)


def _job_errors(job: Block) -> Iterator[str]:
    yield from _name_errors(job)
    yield from _kind_errors(job)
    yield from _datacenter_errors(job)
    yield from broken((not blocks(job, "TaskGroups"), "Missing job task groups"))
    yield from constraints_errors(job)
    yield from affinities_errors(job, text(job, "Type"))
    yield from spreads_errors(job, text(job, "Type"))


def _name_errors(job: Block) -> tuple[str, ...]:
    job_id, name = text(job, "ID"), text(job, "Name")
    return broken(
        (not text(job, "Region") and inner(job, "Multiregion") is None, "Missing job region"),
        (not job_id, "Missing job ID"),
        (" " in job_id, "Job ID contains a space"),
        (" " not in job_id and "\0" in job_id, "Job ID contains a null character"),
        (not name, "Missing job name"),
        ("\0" in name, "Job Name contains a null character"),
        (not text(job, "Namespace"), "Job must be in a namespace"),
    )


def _kind_errors(job: Block) -> tuple[str, ...]:
    kind = text(job, "Type")
    return broken(
        (not kind, "Missing job type"),
        (bool(kind) and kind not in _TYPES, f"Invalid job type: {quoted(kind)}"),
        (not 1 <= number(job, "Priority") <= 100, "Job priority must be between [1, 100]"),
    )


def _datacenter_errors(job: Block) -> Iterator[str]:
    named = job.get("Datacenters")
    datacenters = named if isinstance(named, list) else []
    yield from broken((not datacenters and inner(job, "Multiregion") is None, "Missing job datacenters"))
    yield from ("Job datacenter must be non-empty string" for name in datacenters if name == "")


def _group_errors(job: Block) -> Iterator[str]:
    first: dict[str, int] = {}
    for at, group in enumerate(blocks(job, "TaskGroups"), start=1):
        name = text(group, "Name")
        yield from broken(
            (not name, f"Job task group {at} missing name"),
            (name in first, f"Job task group {at} redefines '{name}' from group {first.get(name)}"),
        )
        if name:
            first.setdefault(name, at)
        yield from _group_in_job_errors(group, text(job, "Type"))
    for group in blocks(job, "TaskGroups"):
        errors = tuple(group_errors(group, text(job, "Type")))
        yield from nested(errors, f"Task group {text(group, 'Name')} validation failed: ")


def _group_in_job_errors(group: Block, job_type: str) -> tuple[str, ...]:
    stop_after, count = number(group, "StopAfterClientDisconnect"), number(group, "Count")
    return broken(
        (number(group, "ShutdownDelay") < 0, "ShutdownDelay must be a positive value"),
        (
            stop_after > 0 and job_type not in ("batch", "service"),
            "stop_after_client_disconnect can only be set in batch and service jobs",
        ),
        (stop_after < 0, "stop_after_client_disconnect must be a positive value"),
        (
            job_type == "system" and count > 1,
            f"Job task group {text(group, 'Name')} has count {count}. Count cannot exceed 1 with system scheduler",
        ),
    )


def _submission_errors(job: Block) -> tuple[str, ...]:
    return broken(
        (text(job, "Type") == "_core", "job type cannot be core"),
        (bool(job.get("Payload")), "job can't be submitted with a payload, only dispatched"),
    )


def _job_warnings(job: Block) -> Iterator[str]:
    groups = blocks(job, "TaskGroups")
    for group in groups:
        warnings = tuple(group_warnings(group))
        yield from nested(warnings, f"Group {quoted(text(group, 'Name'))} has warnings: ")
    promoting = sum(flag(inner(group, "Update") or {}, "AutoPromote") for group in groups)
    rule = "auto_promote must be true for all groups to enable automatic promotion"
    yield from broken((0 < promoting < len(groups), rule))


def _memory_warnings(job: Block) -> Iterator[str]:
    for group in blocks(job, "TaskGroups"):
        for task in tasks_in(group):
            who = f'Task "{text(group, "Name")}.{text(task, "Name")}"'
            rule = (
                f"Memory oversubscription is not enabled; {who} memory_max value will be ignored. "
                "Update the Scheduler Configuration to allow oversubscription."
            )
            yield from broken((number(inner(task, "Resources") or {}, "MemoryMaxMB") != 0, rule))
