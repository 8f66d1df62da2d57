"""What stays of a running job although our spec does not say it: one sentence each."""

from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import JsonValue

from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.spec import JobSpec

Json = dict[str, JsonValue]

MOST_NOTES = 12

_OF_THE_SERVER = (
    "Status",
    "StatusDescription",
    "Stable",
    "Version",
    "SubmitTime",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "NomadTokenID",
    "Dispatched",
    "VersionTag",
)
_USUAL_ROLLOUT: Json = {"Stagger": 30_000_000_000, "MaxParallel": 1}
"""What a service has that says nothing."""
_NOTHING: tuple[JsonValue, ...] = (None, "", 0, False, [], {}, "default", "global", "consul")
"""What servers of different versions say where nothing was said."""


def without_server_fields(job: Mapping[str, JsonValue]) -> Json:
    """The job as somebody could have submitted it."""
    given = {key: value for key, value in job.items() if key not in _OF_THE_SERVER}
    return {**given, "Update": _submitted_update(job.get("Update"))}


def _submitted_update(update: JsonValue) -> JsonValue:
    """What servers keep of the job's own rollout; the rest is empty there, and a new group would take it so."""
    given = update if isinstance(update, Mapping) else {}
    kept: Json = {key: given[key] for key in _USUAL_ROLLOUT if given.get(key)}
    return kept if kept and kept != _USUAL_ROLLOUT else None


def kept_notes(job: Json, built: JobSpec) -> tuple[str, ...]:
    """In what the job to be registered differs from what our spec alone would be."""
    own = _comparable(render_json(built))
    found = list(dict.fromkeys(_differences(_comparable(job), own, "")))
    told = [f"kept of the running job: {one}" for one in found[:MOST_NOTES]]
    if len(found) > MOST_NOTES:
        told.append(f"kept of the running job: {len(found) - MOST_NOTES} things more")
    return tuple(told)


def _comparable(job: Json) -> Json:
    """With every default filled in; the rollout of the job itself is that of its groups."""
    return {**without_server_fields(canonicalize_job(job)), "Update": None}


def _differences(job: JsonValue, own: JsonValue, path: str) -> Iterator[str]:
    if job == own:
        return
    if isinstance(job, Mapping) and isinstance(own, Mapping):
        for key, value in job.items():
            if key == "Name" and not own.get(key):
                continue  # the cluster names checks that have no name
            yield from _differences(value, own.get(key), f"{path}.{key}" if path else key)
    elif isinstance(job, list) and (isinstance(own, list) or own is None):
        yield from _of_lists(job, own or [], path)
    elif not (job in _NOTHING and own in _NOTHING):
        yield _shown(job, path)


def _of_lists(job: list[JsonValue], own: list[JsonValue], path: str) -> Iterator[str]:
    """By name; what has none of its own by place, where there are as many."""
    names = {_name(item): item for item in own}
    for index, item in enumerate(job):
        name = _name(item)
        if name and name in names:
            yield from _differences(item, names[name], f"{path}.{name}")
        elif len(job) == len(own) and not (name and _name(own[index])):
            yield from _differences(item, own[index], path)
        elif item not in own:
            yield f"{path}.{name}" if name else path


def _name(item: JsonValue) -> str:
    if not isinstance(item, Mapping):
        return ""
    return next((str(item[key]) for key in ("Name", "Label", "DestPath", "Volume") if item.get(key)), "")


@cache
def _durations() -> frozenset[str]:
    fields = (field for struct in job_schema().structs.values() for field in struct.fields.values())
    return frozenset(field.json_name for field in fields if field.type.endswith("time.Duration"))


def _shown(value: JsonValue, path: str) -> str:
    """The path, with a number, a flag or a duration (nanoseconds in the API); a text may be a secret."""
    if isinstance(value, int) and path.rpartition(".")[2] in _durations():
        return f"{path} = {value / 1e9:g} s"
    return f"{path} = {value}" if isinstance(value, int | float) else path
