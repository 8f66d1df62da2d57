"""An analysis as plain rows: what `nomad-spec analyze` shows, one line a fact, with who says so and where."""

from collections.abc import Iterator
from typing import cast

from muster.core.evidence import Sourced
from muster.nomad.domain.facts import (
    AddressFact,
    BuildFact,
    ContainerFact,
    DependencyFact,
    DependsOnFact,
    FrameworkFact,
    HealthFact,
    LanguageFact,
    PortFact,
    PrivilegeFact,
    UserFact,
    VolumeFact,
    WorkloadFact,
)
from muster.nomad.domain.profile import Analysis, Conflict, EnvEntry, ServiceProfile
from muster.nomad.domain.values import Part
from muster.nomad.domain.workload import size_workload

_LABELS = {
    "job": "job type",
    "ports": "port",
    "workdir": "working directory",
    "memory_max_mb": "memory at most (MB)",
    "volumes": "volume",
    "frameworks": "framework",
    "dependencies": "dependency",
    "depends_on": "depends on",
    "addresses": "reached at",
    "route_hint": "route elsewhere",
    "workloads": "sign",
    "cron": "schedule",
    "replicas": "count",
    "privileges": "privilege",
}


class AnalysisRow(Part):
    """One line: of which service, what, its value, and why. `service` is empty for the application itself."""

    service: str
    field: str
    value: str
    source: str = ""
    where: str = ""
    reason: str = ""
    confidence: float = 1.0


def analysis_table(analysis: Analysis) -> tuple[AnalysisRow, ...]:
    """Every known field, then conflicts, what is unknown, and problems."""
    return (
        _row("", "name", analysis.name),
        *(row for service in analysis.services for row in _service(service)),
        *(_conflict(one) for one in analysis.conflicts),
        *(
            AnalysisRow(service=one.service, field=one.field, value="unknown", reason=f"looked for: {one.looked_for}")
            for one in analysis.unknowns
        ),
        *(_row("", "problem", one) for one in analysis.problems),
    )


def shown(value: object) -> str:
    """A value of a profile as one short text."""
    match value:
        case PortFact():
            by = f", set by {value.env}" if value.env else ""
            outside = f", published as {value.published}" if value.published else ""
            return f"{value.port}/{value.protocol}{outside}{by}"
        case HealthFact():
            return f"{value.type} {value.path or ' '.join(value.command)}".strip()
        case UserFact():
            return value.user if value.uid is None else f"{value.user} (uid {value.uid})"
        case VolumeFact():
            return f"{value.type} {value.source or ''} at {value.path}".replace("  ", " ")
        case ContainerFact():
            return ", ".join(_settings(value))
        case AddressFact():
            return _address(value)
        case tuple():
            return " ".join(str(word) for word in cast("tuple[object, ...]", value))
        case _:
            return _named(value)


def _named(value: object) -> str:
    match value:
        case BuildFact():
            return f"{value.dockerfile} in {value.context}" + (f", target {value.target}" if value.target else "")
        case DependencyFact():
            return f"{value.service} (by {value.by})"
        case DependsOnFact():
            return f"{value.service} ({value.condition})"
        case FrameworkFact():
            return value.framework if value.listens else f"{value.framework} (opens no port)"
        case LanguageFact():
            return f"{value.language} {value.version or ''}".strip()
        case PrivilegeFact():
            return f"{value.privilege} {value.detail}".strip()
        case WorkloadFact():
            return value.workload
        case _:
            return str(value)


def _address(fact: AddressFact) -> str:
    inside = f" (port {fact.target} inside)" if fact.target not in (None, fact.port) else ""
    return f"{fact.host}:{fact.port}{inside}" if fact.port else fact.host


def _settings(fact: ContainerFact) -> Iterator[str]:
    """Each setting of a container in a word or two."""
    for field, value in cast("Iterator[tuple[str, object]]", iter(fact)):
        if not value or field in ("kind", "lines"):
            continue
        words = " ".join(cast("tuple[str, ...]", value)) if isinstance(value, (tuple, dict)) else str(value)
        yield field.replace("_", " ") if value is True else f"{field.replace('_', ' ')} {words}"


def _service(service: ServiceProfile) -> Iterator[AnalysisRow]:
    for field in ServiceProfile.model_fields:
        if field in ("cpu_mhz", "memory_mb", "listens"):
            continue
        found: object = getattr(service, field)
        for one in cast("tuple[object, ...]", found) if isinstance(found, tuple) else (found,):
            if isinstance(one, EnvEntry):
                yield _env(service.name, one)
            elif isinstance(one, Sourced):
                yield _row(service.name, _LABELS.get(field, field.replace("_", " ")), cast("Sourced[object]", one))
    size = size_workload(service)
    yield _row(service.name, "cpu (MHz)", size.cpu_mhz)
    yield _row(service.name, "memory (MB)", size.memory_mb)
    if service.listens and not service.listens.value:
        none = Sourced(value="none: nothing listens", source=service.listens.source, where=service.listens.where)
        yield _row(service.name, "port", none)


def _row(service: str, field: str, one: Sourced[object] | Sourced[str] | Sourced[int]) -> AnalysisRow:
    return AnalysisRow(
        service=service,
        field=field,
        value=shown(one.value),
        source=one.source,
        where=one.where,
        reason=one.reason,
        confidence=one.confidence,
    )


def _env(service: str, entry: EnvEntry) -> AnalysisRow:
    return AnalysisRow(
        service=service,
        field=f"env {entry.name}",
        value=_variable(entry),
        source=entry.origin,
        where=entry.where,
        reason=entry.reason,
        confidence=entry.confidence,
    )


def _variable(entry: EnvEntry) -> str:
    if entry.place or entry.assigned:
        return entry.place or "the port that Nomad gives"
    if entry.secret:
        return "a secret"
    unset = "required, and nobody sets it" if entry.required else "read; may be absent"
    return unset if entry.value is None else entry.value


def _conflict(one: Conflict) -> AnalysisRow:
    others = "; ".join(f"{loser.value} ({loser.where})" for loser in one.losers)
    return AnalysisRow(
        service=one.service,
        field=f"conflict: {one.field}",
        value=one.winner.value,
        source=one.winner.source,
        where=one.winner.where,
        reason=f"wins over {others}",
    )
