"""Lays a change over a job that says more than a spec can hold: base + (after - before), in the API's JSON.

`before` is what a spec holds of the base, `after` the same spec changed. Only what differs between the two is
touched; everything that the spec knows nothing of stays as it is, in its place.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

Json = dict[str, JsonValue]

_NAMES = ("Name", "Label", "DestPath", "Volume")
"""What tells the objects of a list apart, the first that all of them have."""

_MISSING = object()


def lay_over_job(base: Json, before: Json, after: Json) -> Json:
    """The job with exactly what differs between before and after."""
    laid = lay_change(base, before, after)
    return laid if isinstance(laid, dict) else base


def lay_change(base: JsonValue, before: JsonValue, after: JsonValue) -> JsonValue:
    """The base with exactly what differs between before and after."""
    if before == after:
        return base
    if isinstance(after, Mapping) and (before is None or isinstance(before, Mapping)):
        return _object(base if isinstance(base, Mapping) else {}, before or {}, after)
    if isinstance(after, list) and isinstance(base, list) and _objects(after) and _objects(base):
        return _list(base, before if isinstance(before, list) else [], after)
    if isinstance(before, list) and isinstance(base, list) and _objects(before) and not after:
        return _list(base, before, []) or None
    return after


def _object(
    base: Mapping[str, JsonValue], before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    result = dict(base)
    for key in before:
        if key not in after:
            result.pop(key, None)
    for key, value in after.items():
        if value != before.get(key, _MISSING):
            result[key] = lay_change(result.get(key), before.get(key), value)
    return result


def _list(base: list[JsonValue], before: list[JsonValue], after: list[JsonValue]) -> list[JsonValue]:
    """By name where the objects have one, by place where they have none."""
    name = _name_of((base, before, after))
    if name is None:
        return _by_place(base, before, after)
    old, new = ({_key(item, name): item for item in items} for items in (before, after))
    kept = [item for item in base if _key(item, name) not in old or _key(item, name) in new]
    known = {_key(item, name) for item in kept}
    changed = [lay_change(item, old.get(key), new[key]) if (key := _key(item, name)) in new else item for item in kept]
    return [*changed, *(item for key, item in new.items() if key not in known)]


def _by_place(base: list[JsonValue], before: list[JsonValue], after: list[JsonValue]) -> list[JsonValue]:
    if len(base) != len(before):
        added = [item for item in after if item not in before]
        return [*base, *added]
    if len(after) < len(before):
        return [item for item, old in zip(base, before, strict=True) if old in after]
    pairs = zip(base, before, after[: len(base)], strict=True)
    return [*(lay_change(*pair) for pair in pairs), *after[len(base) :]]


def _objects(items: Sequence[JsonValue]) -> bool:
    return all(isinstance(item, Mapping) for item in items)


def _name_of(lists: Sequence[Sequence[JsonValue]]) -> str | None:
    """The first name that every object has, each list's objects by another one."""
    for name in _NAMES:
        keys = [[_key(item, name) for item in items] for items in lists]
        if all(all(each) and len(set(each)) == len(each) for each in keys):
            return name
    return None


def _key(item: JsonValue, name: str) -> str:
    return str(item.get(name) or "") if isinstance(item, Mapping) else ""
