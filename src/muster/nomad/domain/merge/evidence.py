"""Joins what all sources say into one profile a service: the surest wins, gaps are filled from below, nothing is
invented, conflicts and gaps are kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from muster.core.evidence import Sourced
from muster.nomad.domain.candidates import Candidate
from muster.nomad.domain.facts import (
    AddressFact,
    BaseImageFact,
    BuildFact,
    CommandFact,
    ConstraintFact,
    ContainerFact,
    DependencyFact,
    DependsOnFact,
    Evidence,
    FrameworkFact,
    ImageFact,
    LanguageFact,
    NameFact,
    NetworkModeFact,
    PrivilegeFact,
    ProblemFact,
    ReplicasFact,
    ResourcesFact,
    RestartFact,
    RouteFact,
    UserFact,
    VaultFact,
    VolumeFact,
    WorkdirFact,
    WorkloadFact,
)
from muster.nomad.domain.merge.bound import with_reachable_addresses
from muster.nomad.domain.merge.deployed import differences, heard_by_the_only
from muster.nomad.domain.merge.env import env_conflicts, merge_env
from muster.nomad.domain.merge.ports import heard, merge_listens, merge_ports, port_conflicts, published_elsewhere
from muster.nomad.domain.merge.ranked import FactT, Ranked, disagreement, mapped, origin_of, ranked, sourced
from muster.nomad.domain.merge.siblings import with_localhost_named, with_ports_by_reference
from muster.nomad.domain.merge.unknowns import unknowns_of
from muster.nomad.domain.merge.work import merge_cron, merge_health, merge_job, with_ending
from muster.nomad.domain.names import safe_name
from muster.nomad.domain.own_name import own_name
from muster.nomad.domain.profile import Analysis, Conflict, ServiceProfile
from muster.nomad.domain.units import settled

ValueT = TypeVar("ValueT")


def merge_evidence(
    evidence: Iterable[Evidence], candidates: Sequence[Candidate], selected: Sequence[str], *, name: str = ""
) -> Analysis:
    """What is known of the selected candidates. `name` is what the repository itself is called."""
    chosen = [one for one in candidates if one.id in selected]
    evidence = heard_by_the_only(settled(evidence), chosen)
    abouts = [ranked(one, evidence) for one in chosen]
    profiles = [_sized(_profile(one, about, abouts), about) for one, about in zip(chosen, abouts, strict=True)]
    profiles = [with_reachable_addresses(one) for one in profiles]
    services = with_ending(with_ports_by_reference(with_localhost_named(profiles)))
    return Analysis(
        name=_app_name(evidence, chosen, name),
        services=services,
        conflicts=tuple(conflict for about in abouts for conflict in _conflicts(about)),
        unknowns=tuple(unknown for service in services for unknown in unknowns_of(service)),
        problems=(
            *(sourced(item, item.fact.problem) for item in evidence if isinstance(item.fact, ProblemFact)),
            *differences(abouts, services),
        ),
    )


def _profile(candidate: Candidate, about: Ranked, others: Sequence[Ranked]) -> ServiceProfile:
    listening = heard(about, elsewhere=published_elsewhere(about, others))
    ports = merge_ports(listening)
    listens = merge_listens(listening, ports)
    return ServiceProfile(
        id=candidate.id,
        name=candidate.name,
        image=_value(about.first(ImageFact), lambda fact: fact.image),
        build=_build(candidate, about),
        base_image=_value(about.first(BaseImageFact), lambda fact: fact.image),
        architecture=_architecture(about),
        listens=listens,
        ports=ports,
        health=merge_health(listening),
        env=merge_env(about),
        command=_command(about, "command"),
        entrypoint=_command(about, "entrypoint"),
        user=about.first(UserFact),
        workdir=_value(about.first(WorkdirFact), lambda fact: fact.path),
        volumes=_each(about, VolumeFact, lambda fact: fact.path),
        language=max(about.all(LanguageFact), key=lambda one: one.confidence, default=None),
        frameworks=_each(about, FrameworkFact, lambda fact: fact.framework),
        dependencies=_each(about, DependencyFact, lambda fact: fact.service),
        addresses=_each(about, AddressFact, lambda fact: f"{fact.host}:{fact.port}"),
        depends_on=_each(about, DependsOnFact, lambda fact: fact.service),
        workloads=_each(about, WorkloadFact, lambda fact: fact.workload),
        job=merge_job(listening, listens),
        cron=merge_cron(about),
        replicas=_value(about.first(ReplicasFact), lambda fact: fact.count),
        constraints=_each(about, ConstraintFact, lambda fact: f"{fact.attribute} {fact.operator} {fact.value}"),
        vault_policies=_value(about.first(VaultFact), lambda fact: fact.policies),
        network_mode=_value(about.first(NetworkModeFact), lambda fact: fact.mode),
        restart=_value(about.first(RestartFact), lambda fact: fact.policy),
        privileges=_each(about, PrivilegeFact, lambda fact: f"{fact.privilege} {fact.detail}"),
        container=about.first(ContainerFact),
        route_hint=_value(about.first(RouteFact), lambda fact: fact.route),
    )


def _sized(profile: ServiceProfile, about: Ranked) -> ServiceProfile:
    amounts = {field: _amount(about, field) for field in ("cpu_mhz", "memory_mb", "memory_max_mb", "gpus")}
    return profile.model_copy(update=amounts)


def _value(one: Sourced[FactT] | None, take: Callable[[FactT], ValueT]) -> Sourced[ValueT] | None:
    return mapped(one, take(one.value)) if one else None


def _amount(about: Ranked, field: str) -> Sourced[int] | None:
    """The surest amount above nothing; one source may say how much CPU, another how much memory."""
    amounts: Iterable[tuple[Sourced[ResourcesFact], int]] = (
        (one, getattr(one.value, field) or 0) for one in about.all(ResourcesFact)
    )
    return next((mapped(one, amount) for one, amount in amounts if amount > 0), None)


def _each(about: Ranked, kind: type[FactT], key: Callable[[FactT], str]) -> tuple[Sourced[FactT], ...]:
    """Every fact of a kind once, as the surest source says it."""
    kept: dict[str, Sourced[FactT]] = {}
    for one in about.all(kind):
        kept.setdefault(key(one.value), one)
    return tuple(kept.values())


def _build(candidate: Candidate, about: Ranked) -> Sourced[BuildFact] | None:
    """How the image is built; a Dockerfile's own candidate is its own build."""
    said = about.first(BuildFact)
    if said or candidate.kind != "dockerfile":
        return said
    path = candidate.id.removeprefix("dockerfile:")
    folder = path.rpartition("/")[0] or "."
    fact = BuildFact(context=folder, dockerfile=path)
    return Sourced(value=fact, source="dockerfile", where=path, reason=candidate.reason)


def _architecture(about: Ranked) -> Sourced[str] | None:
    """The architecture that the final stage names; `$TARGETPLATFORM` and the like name none."""
    for one in about.all(BaseImageFact):
        system, _, rest = (one.value.platform or "").partition("/")
        if system == "linux" and rest and "$" not in rest:
            return mapped(one, rest.split("/")[0])
    return None


def _command(about: Ranked, field: str) -> Sourced[tuple[str, ...]] | None:
    for one in _started(about):
        words: tuple[str, ...] | None = getattr(one.value, field)
        if words is not None:
            return _of_entrypoint(one, words) if field == "entrypoint" else mapped(one, words)
    return None


def _started(about: Ranked) -> Iterator[Sourced[CommandFact]]:
    """What is started: not a Procfile's line that comes after the Dockerfile's own."""
    by_image = False
    for one in about.all(CommandFact):
        if not (by_image and one.source == "procfile"):
            yield one
        by_image = by_image or one.source == "dockerfile"


def _of_entrypoint(one: Sourced[CommandFact], words: tuple[str, ...]) -> Sourced[tuple[str, ...]]:
    """The entrypoint with its own place and reason, where the fact is about a command too."""
    at, said = one.value.entrypoint_at, mapped(one, words)
    return said.model_copy(update={"where": at, "reason": "`entrypoint` of the service"}) if at else said


def _app_name(evidence: Sequence[Evidence], chosen: Sequence[Candidate], repository: str) -> Sourced[str]:
    """What a platform's file calls the application, else a package file (of the chosen one, then the root), or the
    repository where that says more."""
    names = [item for item in evidence if isinstance(item.fact, NameFact) and safe_name(item.fact.name, fallback="")]
    units = (*(unit for one in chosen for unit in one.units), "folder:.") if len(chosen) == 1 else ("folder:.",)
    spoken = [item for unit in units for item in names if item.unit == unit]
    project = [item for item in names if item.unit.startswith("compose:")]
    for item in (*project, *spoken):
        named = isinstance(item.fact, NameFact) and item.fact.name
        if named and (origin_of(item.source) != "code" or own_name(repository, named) == named):
            return sourced(item, safe_name(named))
    name = repository or next((one.name for one in chosen), "app")
    return Sourced(value=safe_name(name), source="default", reason="the repository's name" if repository else "")


def _conflicts(about: Ranked) -> tuple[Conflict, ...]:
    name = about.service
    return (
        *disagreement(name, "image", about.all(ImageFact), lambda fact: fact.image),
        *port_conflicts(about),
        *disagreement(name, "user", about.all(UserFact), lambda fact: fact.user),
        *disagreement(name, "working directory", about.all(WorkdirFact), lambda fact: fact.path),
        *disagreement(name, "command", _with_command(about), _shown_command),
        *disagreement(name, "count", about.all(ReplicasFact), lambda fact: str(fact.count)),
        *env_conflicts(about),
    )


def _shown_command(fact: CommandFact) -> str:
    return " ".join(fact.command or fact.entrypoint or ())


def _with_command(about: Ranked) -> list[Sourced[CommandFact]]:
    """The commands; beside a Procfile's line also an entrypoint alone, which is all that the image starts."""
    said = [one for one in about.all(CommandFact) if one.source != "code"]
    whole = any(one.source == "procfile" for one in said)
    return [one for one in said if one.value.command or (whole and one.value.entrypoint)]
