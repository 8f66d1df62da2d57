"""Which values of a job a patch changes, and what they were: the only part of a job that is remembered of it."""

from collections.abc import Iterator

from pydantic import JsonValue

from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.spec import JobSpec

_NAMES = ("label", "name")


def touched(spec: JobSpec, patch: SpecPatch) -> dict[str, JsonValue]:
    """The values that the patch would change, by path, as they are now; None where there is none yet.

    Raises KeyError when the patch's target is not in the job.
    """
    before, after = _values(spec), _values(apply_patch(spec, patch))
    paths = sorted(before.keys() | after.keys())
    return {path: before.get(path) for path in paths if before.get(path) != after.get(path)}


def fits(spec: JobSpec, patch: SpecPatch) -> bool:
    """Whether the patch finds what it changes, and would change anything."""
    try:
        return apply_patch(spec, patch) != spec
    except KeyError:
        return False


def _values(spec: JobSpec) -> dict[str, JsonValue]:
    return dict(_leaves(spec.model_dump(mode="json", exclude={"reasons"}), ""))


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, JsonValue]]:
    """Every plain value by its path; what has a name or a label is found by it, whatever its place."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from _leaves(inner, f"{path}.{name}" if path else name)
        case list():
            for place, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{_name(inner) or place}]")
        case None:
            return
        case _:
            yield path, value


def _name(value: JsonValue) -> str:
    if not isinstance(value, dict):
        return ""
    return next((str(value[name]) for name in _NAMES if value.get(name)), "")
