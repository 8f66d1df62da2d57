"""Turns the job of a request into what the server keeps: canonical, completed, in the server's own shape."""

from collections.abc import Iterator
from typing import Any, cast

from pydantic import JsonValue

from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.embedded.state.reading import read_spec
from muster.nomad.embedded.state.shapes import JOB, Shape
from muster.nomad.embedded.state.specs import JobSpec
from muster.nomad.embedded.validation.admission import complete_job

Json = dict[str, Any]


def completed(job: Json) -> dict[str, JsonValue]:
    """A submitted job with its defaults and what the server adds; this is what is judged and compared."""
    return complete_job(canonicalize_job(job))


def registered(job: Json) -> tuple[Json, JobSpec]:
    """The definition that the server keeps for a submitted job, and its typed part."""
    whole = cast("Json", completed(job))
    definition = shaped(JOB, whole)
    _keep_providers(whole, definition)
    definition["Update"] = _job_update(whole["Update"], definition["Type"])
    for group in cast("list[Json]", definition["TaskGroups"] or []):
        if definition["Type"] != "service" and not (group["Update"] or {}).get("MaxParallel"):
            group["Update"] = None
        for name, volume in cast("dict[str, Json]", group["Volumes"] or {}).items():
            volume["Name"] = name
    return definition, read_spec(definition)


def _keep_providers(whole: Json, definition: Json) -> None:
    """A service says its provider where that is Nomad itself: version 1.1.2 knew no other than Consul."""
    given, kept = ([*_services(job)] for job in (whole, definition))
    for service, stored in zip(given, kept, strict=True):
        if service.get("Provider") == "nomad":
            stored["Provider"] = "nomad"


def _services(job: Json) -> Iterator[Json]:
    for group in cast("list[Json]", job["TaskGroups"] or []):
        for owner in (group, *cast("list[Json]", group["Tasks"] or [])):
            yield from cast("list[Json]", owner.get("Services") or [])


def shaped(shape: Shape, given: Json | None) -> Json:
    """The block with every key of its shape; unknown keys are dropped, empty lists and maps become null."""
    given = given or {}
    return {key: _field(default, given.get(key)) for key, default in shape.fields.items()}


def _field(default: Any, given: Any) -> Any:
    match default:
        case Shape():
            return shaped(default, given) if default.present or given is not None else None
        case [Shape() as item]:
            return [shaped(item, block) for block in given] if given else None
        case {"": Shape() as item}:
            return {name: shaped(item, block) for name, block in given.items()} if given else None
        case _:
            return default if given is None or given in ([], {}) else given


def _job_update(update: Json | None, kind: str) -> Json:
    """Of a job's own update block the server keeps two fields; the groups hold the rest."""
    kept = shaped(JOB.fields["Update"], None)
    parallel: int = (update or {}).get("MaxParallel") or 0
    if kind in ("service", "system") and parallel:
        kept |= {"MaxParallel": parallel, "Stagger": (update or {}).get("Stagger") or 30_000_000_000}
    return kept
