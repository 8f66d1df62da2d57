"""Functions on lists, sets and maps."""

import itertools
from decimal import Decimal

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value, equal, unify

_Items = tuple[Value, ...]
_Map = dict[str, Value]

_MAX_PRODUCT = 100_000


def _unique(items: _Items) -> _Items:
    kept: list[Value] = []
    for item in items:
        if not any(equal(item, known) for known in kept):
            kept.append(item)
    return tuple(kept)


def _chunks(items: _Items, size: Decimal) -> Value:
    if size < 0:
        raise FunctionError("the size argument must be positive")
    step = int(size) or max(len(items), 1)
    return tuple(items[start : start + step] for start in range(0, len(items), step))


def _coalesce(*values: Value) -> Value:
    found = next((value for value in unify(values) if value is not None), None)
    if found is None:
        raise FunctionError("no non-null arguments")
    return found


def _coalesce_list(*lists: _Items) -> Value:
    found = next((items for items in lists if items), None)
    if found is None:
        raise FunctionError("no non-null arguments")
    return found


def _element(items: _Items, index: Decimal) -> Value:
    if not items:
        raise FunctionError("cannot use element function with an empty list")
    if index < 0:
        raise FunctionError("cannot use element function with a negative index")
    return items[int(index) % len(items)]


def _flatten(value: Value) -> _Items:
    if not isinstance(value, tuple):
        return (value,)
    return tuple(itertools.chain.from_iterable(_flatten(item) for item in value))


def _index(collection: Value, key: Value) -> Value:
    if isinstance(collection, dict) and str(key) in collection:
        return collection[str(key)]
    if isinstance(collection, tuple) and isinstance(key, Decimal) and 0 <= key < len(collection):
        return collection[int(key)]
    raise FunctionError("key does not exist in map" if isinstance(collection, dict) else "invalid index")


def _length(value: Value) -> Value:
    if isinstance(value, (tuple, dict)):
        return Decimal(len(value))
    raise FunctionError("collection must be a list, a map or a tuple")


def _lookup(items: _Map, key: str, default: Value) -> Value:
    return items.get(key, default)


def _merge(*maps: _Map | None) -> Value:
    return {key: value for each in maps if each is not None for key, value in each.items()}


def _slice(items: _Items, start: Decimal, end: Decimal) -> Value:
    if not 0 <= start <= end <= len(items):
        raise FunctionError("start and end index must lie within the list, in order")
    return items[int(start) : int(end)]


def _zipmap(keys: tuple[str | None, ...], values: _Items) -> Value:
    if len(keys) != len(values):
        raise FunctionError(f"number of keys ({len(keys)}) does not match number of values ({len(values)})")
    if None in keys:
        raise FunctionError("keys must not be null")
    return {str(key): value for key, value in zip(keys, values, strict=True)}


def _product(*sets: _Items) -> Value:
    total = 1
    for items in sets:
        total *= len(items)
    if len(sets) < 2 or total > _MAX_PRODUCT:
        raise FunctionError("at least two arguments of a reasonable size are required")
    return tuple(itertools.product(*sets))


def _intersection(first: _Items, *rest: _Items) -> Value:
    return tuple(item for item in _unique(first) if all(_contains(items, item) for items in rest))


def _contains(items: _Items, value: Value) -> bool:
    return any(equal(item, value) for item in items)


def _compact(items: tuple[str, ...]) -> Value:
    return tuple(item for item in items if item)


def _concat(*lists: _Items) -> _Items:
    return tuple(itertools.chain.from_iterable(lists))


def _union(*sets: _Items) -> Value:
    return _unique(_concat(*sets))


def _reversed(items: _Items) -> Value:
    return items[::-1]


def _sorted(items: tuple[str, ...]) -> Value:
    return tuple(sorted(items))


def _keys(items: _Map) -> Value:
    return tuple(sorted(items))


def _values(items: _Map) -> Value:
    return tuple(items[key] for key in sorted(items))


SEQUENCE_FUNCTIONS: dict[str, Function] = {
    "chunklist": function(_chunks, "list: list", "size: number"),
    "coalesce": function(_coalesce, rest="vals: any?"),
    "coalescelist": function(_coalesce_list, rest="vals: list"),
    "compact": function(_compact, "list: strings"),
    "concat": function(_concat, rest="seqs: list"),
    "contains": function(_contains, "list: list", "value: any?"),
    "distinct": function(_unique, "list: list"),
    "element": function(_element, "list: list", "index: number"),
    "flatten": function(_flatten, "list: any"),
    "index": function(_index, "collection: any", "key: any"),
    "keys": function(_keys, "inputMap: map"),
    "length": function(_length, "collection: any"),
    "lookup": function(_lookup, "inputMap: map", "key: string", "default: any?"),
    "merge": function(_merge, rest="maps: map?"),
    "reverse": function(_reversed, "list: list"),
    "setintersection": function(_intersection, "first_set: list", rest="other_sets: list"),
    "setproduct": function(_product, rest="sets: list"),
    "setunion": function(_union, "first_set: list", rest="other_sets: list"),
    "slice": function(_slice, "list: list", "start_index: number", "end_index: number"),
    "sort": function(_sorted, "list: strings"),
    "values": function(_values, "mapping: map"),
    "zipmap": function(_zipmap, "keys: strings", "values: list"),
}
