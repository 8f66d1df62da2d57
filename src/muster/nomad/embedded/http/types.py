"""Values of the wrong JSON type in a submitted job, refused in the words of Go's decoder."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from muster.nomad.embedded.state.shapes import JOB, Shape

# how the API's Go types call the blocks of a job
STRUCTS: Mapping[str, str] = {
    "Affinities": "Affinity",
    "Artifacts": "TaskArtifact",
    "Checks": "ServiceCheck",
    "CheckRestart": "CheckRestart",
    "Constraints": "Constraint",
    "Devices": "RequestedDevice",
    "DynamicPorts": "Port",
    "EphemeralDisk": "EphemeralDisk",
    "Job": "Job",
    "Lifecycle": "TaskLifecycle",
    "LogConfig": "LogConfig",
    "Networks": "NetworkResource",
    "Periodic": "PeriodicConfig",
    "ReservedPorts": "Port",
    "Resources": "Resources",
    "Services": "Service",
    "Spreads": "Spread",
    "TaskGroups": "TaskGroup",
    "Tasks": "Task",
    "Templates": "Template",
    "Vault": "Vault",
    "VolumeMounts": "VolumeMount",
    "Volumes": "VolumeRequest",
}
TEXT_LISTS = frozenset(("Datacenters", "Args", "CanaryTags", "Policies", "Tags"))
TEXT_MAPS = frozenset(("Env", "Meta", "CanaryMeta"))
SECOND_NS = 1_000_000_000


def type_error(job: Any) -> str | None:
    """The first value of a job that has the wrong type, as Go says it; None when all fit."""
    return next(_wrong(job, JOB, "Job", "Job"), None)


def _wrong(value: Any, shape: Shape, path: str, struct: str) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, dict):
        yield _complaint(value, path, struct, f"api.{STRUCTS.get(struct, struct)}")
        return
    for key, default in shape.fields.items():
        given = cast("dict[str, Any]", value).get(key)
        if given is not None:
            yield from _field(given, default, f"{path}.{key}", key, struct)


def _field(value: Any, default: Any, path: str, key: str, struct: str) -> Iterator[str]:
    name = STRUCTS.get(key, key)
    match default:
        case Shape():
            yield from _wrong(value, default, path, name)
        case [Shape() as item]:
            if not isinstance(value, list):
                yield _complaint(value, path, struct, f"[]*api.{name}")
            else:
                for block in cast("list[Any]", value):
                    yield from _wrong(block, item, path, name)
        case {"": Shape() as item}:
            yield from _wrong_map(value, item, path, key, struct)
        case _:
            wanted = _go_type(key, default)
            if wanted is not None and not _fits(value, wanted):
                yield _complaint(value, path, struct, wanted)


def _wrong_map(value: Any, item: Shape, path: str, key: str, struct: str) -> Iterator[str]:
    name = STRUCTS.get(key, key)
    if not isinstance(value, dict):
        yield _complaint(value, path, struct, f"map[string]*api.{name}")
        return
    for block in cast("dict[str, Any]", value).values():
        yield from _wrong(block, item, path, name)


def _go_type(key: str, default: Any) -> str | None:
    if key in TEXT_LISTS:
        return "[]string"
    if key in TEXT_MAPS and default is None:
        return "map[string]string"
    if key == "Config":
        return "map[string]interface {}"
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int):
        return "time.Duration" if default >= SECOND_NS else "int"
    return "string" if isinstance(default, str) else None


def _fits(value: Any, wanted: str) -> bool:
    if wanted in ("int", "time.Duration"):
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted == "[]string":
        return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value))
    if wanted == "map[string]string":
        return isinstance(value, dict) and all(isinstance(v, str) for v in cast("dict[str, Any]", value).values())
    if wanted.startswith("map"):
        return isinstance(value, dict)
    return isinstance(value, bool if wanted == "bool" else str)


def _complaint(value: Any, path: str, struct: str, wanted: str) -> str:
    kinds = {bool: "bool", str: "string", list: "array", dict: "object", int: "number", float: "number"}
    kind = kinds.get(cast("type[Any]", type(value)), "number")
    return f"json: cannot unmarshal {kind} into Go struct field {struct}.{path} of type {wanted}"
