"""What Nomad refuses in periodic and parameterized jobs."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from muster.nomad.embedded.validation.expressions import cron_error
from muster.nomad.embedded.validation.reading import Block, flag, inner, text, texts
from muster.nomad.embedded.validation.wording import broken, nested, quoted


def schedule_errors(job: Block) -> tuple[str, ...]:
    """What is wrong with a job's periodic and parameterized blocks; both are for batch jobs."""
    periodic, parameterized = inner(job, "Periodic"), inner(job, "ParameterizedJob")
    not_batch = text(job, "Type") != "batch"
    return (
        *(_periodic_errors(periodic, not_batch) if periodic is not None and flag(periodic, "Enabled") else ()),
        *(_parameterized_errors(parameterized, not_batch) if parameterized is not None else ()),
    )


def _periodic_errors(periodic: Block, not_batch: bool) -> tuple[str, ...]:
    return (
        *broken((not_batch, 'Periodic can only be used with "batch" scheduler')),
        *nested(
            (
                *broken((not text(periodic, "Spec"), "Must specify a spec")),
                *_zone_errors(text(periodic, "TimeZone")),
                *_spec_errors(periodic),
            )
        ),
    )


def _spec_errors(periodic: Block) -> tuple[str, ...]:
    spec, kind = text(periodic, "Spec"), text(periodic, "SpecType")
    reason = cron_error(spec) if kind == "cron" else ""
    return broken(
        (bool(reason), f"Invalid cron spec {quoted(spec)}: {reason}"),
        (kind not in ("cron", "_internal_test"), f"Unknown periodic specification type {quoted(kind)}"),
    )


def _zone_errors(zone: str) -> tuple[str, ...]:
    known = zone in ("", "UTC", "Local") or _is_known(zone)
    return broken((not known, f"Invalid time zone {quoted(zone)}: unknown time zone {zone}"))


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        # a machine without the time zone database knows none of them: let every name pass there
        return not available_timezones()
    return True


def _parameterized_errors(parameterized: Block, not_batch: bool) -> tuple[str, ...]:
    payload = text(parameterized, "Payload")
    required, optional = texts(parameterized, "MetaRequired"), texts(parameterized, "MetaOptional")
    both = [key for key in dict.fromkeys(required) if key in optional]
    overlap = "Required and optional meta keys should be disjoint. Following keys exist in both:"
    return (
        *broken((not_batch, 'Parameterized job can only be used with "batch" scheduler')),
        *nested(
            broken(
                (
                    payload not in ("optional", "required", "forbidden"),
                    f"Unknown payload requirement: {quoted(payload)}",
                ),
                (bool(both), f"{overlap} [{' '.join(both)}]"),
            )
        ),
    )
