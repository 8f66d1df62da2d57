"""How a service's health is known, and what kind of job it is: by the surest source, with the reason."""

from collections.abc import Sequence

from muster.core.evidence import Sourced
from muster.nomad.domain.commands import command_kind
from muster.nomad.domain.facts import CommandFact, DependsOnFact, HealthFact, WorkloadFact
from muster.nomad.domain.merge.ranked import Ranked, mapped
from muster.nomad.domain.profile import RUN_ORIGINS, JobKind, ServiceProfile

_JOB_KINDS: dict[str, JobKind] = {
    "server": "service",
    "worker": "service",
    "compute": "service",
    "batch": "batch",
    "periodic": "periodic",
    "system": "system",
}


def merge_health(about: Ranked) -> Sourced[HealthFact] | None:
    """The surest HTTP route, with the surest timing; without a route whatever else is said."""
    said = [one for one in about.all(HealthFact) if one.value.type != "disabled"]
    if not said:
        return about.first(HealthFact)
    best = next((one for one in said if one.value.type == "http" and one.value.path), said[0])
    return mapped(best, _timed(best.value, said[0].value))


def merge_job(about: Ranked, listens: Sourced[bool] | None) -> Sourced[JobKind]:
    """Service, batch, periodic or system. What only the code hints at does not turn a server into a batch job."""
    signs = list(about.all(WorkloadFact))
    if listens and listens.value:
        sure = (*RUN_ORIGINS, "dockerfile")
        signs = [one for one in signs if one.source in sure or one.value.workload == "system"]
    if signs:
        return mapped(signs[0], _JOB_KINDS[signs[0].value.workload])
    ending = [one for one in about.all(CommandFact) if command_kind(one.value.command or ()) == "batch"]
    if ending and ending[0] == about.first(CommandFact):
        return mapped(ending[0], "batch")
    reason = "it listens" if listens and listens.value else "nothing says that it ends by itself"
    return Sourced(value="service", source="default", reason=reason)


def merge_cron(about: Ranked) -> Sourced[str] | None:
    """The clock of a periodic job."""
    clocks = [one for one in about.all(WorkloadFact) if one.value.workload == "periodic" and one.value.cron]
    return mapped(clocks[0], clocks[0].value.cron or "") if clocks else None


def with_ending(profiles: Sequence[ServiceProfile]) -> tuple[ServiceProfile, ...]:
    """The profiles; what is not to be started again, and shows no sign of running on, is a batch job.

    A sign is anything that listens or may be asked for its health, or that another service wants to be up.
    """
    wanted = {waiting.value.service for one in profiles for waiting in one.depends_on if _wants_up(waiting.value)}
    return tuple(_ending(one) if one.unit_name not in wanted else one for one in profiles)


def _wants_up(waiting: DependsOnFact) -> bool:
    return waiting.condition == "service_healthy"


def _ending(profile: ServiceProfile) -> ServiceProfile:
    restart, undecided = profile.restart, profile.job.source == "default" and profile.job.value == "service"
    policy = restart.value.partition(":")[0] if restart else ""
    if not undecided or restart is None or policy not in ("no", "on-failure") or profile.health:
        return profile
    parts = (profile.entrypoint, profile.command)
    words = [word for part in parts if part for word in part.value]
    if profile.listens and (profile.listens.value or command_kind(words) != "batch"):
        return profile
    reason = f"restart: {policy}, and nothing listens: it ends by itself"
    job = Sourced[JobKind](value="batch", source=restart.source, where=restart.where, reason=reason)
    return profile.model_copy(update={"job": job})


def _timed(fact: HealthFact, timing: HealthFact) -> HealthFact:
    fields = ("interval_s", "timeout_s", "start_period_s", "retries")
    said = {field: getattr(timing, field) for field in fields if getattr(fact, field) is None}
    return fact.model_copy(update=said)
