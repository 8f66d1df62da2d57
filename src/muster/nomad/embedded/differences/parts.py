"""Compare the blocks that lie in a job, group or task, down to their fields."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from muster.nomad.embedded.differences.fields import (
    CHANGES,
    Change,
    FieldChange,
    compare,
    flatten,
    flatten_free,
    flatten_joined,
    overall,
)
from muster.nomad.embedded.differences.shapes import Pairing, Part, Shape
from muster.nomad.embedded.validation.reading import Block, blocks, inner, named_blocks, text, texts

_NOTHING: Mapping[str, JsonValue] = {}
# The API's form of a service and a check has keys that the stored form has not.
_API_ONLY = frozenset({"Id"})
# What an operator writes freely: there an empty value says something.
_FREE = frozenset({"Config", "Env", "Meta"})


@dataclass(frozen=True)
class BlockChange:
    """One block, before and after."""

    change: Change
    name: str
    fields: tuple[FieldChange, ...]
    parts: tuple["BlockChange", ...] = ()

    def as_json(self) -> dict[str, JsonValue]:
        """The block as a plan shows it, with null for an empty list."""
        return {
            "Type": self.change,
            "Name": self.name,
            "Fields": [field.as_json() for field in self.fields] or None,
            "Objects": [part.as_json() for part in self.parts] or None,
        }


def sort_blocks(changes: Iterable[BlockChange]) -> tuple[BlockChange, ...]:
    """Sorted by name, kind of change, size and fields, as Nomad sorts them."""
    return tuple(
        sorted(
            changes,
            key=lambda item: (item.name, CHANGES.index(item.change), len(item.fields), len(item.parts), item.fields),
        )
    )


def meaning(value: JsonValue) -> JsonValue:
    """A value without what says nothing: null, zero, false and empty things, and keys that only the API has."""
    if isinstance(value, dict):
        kept = {key: item if key in _FREE else meaning(item) for key, item in value.items() if key not in _API_ONLY}
        return {key: item for key, item in kept.items() if item}
    return [meaning(item) for item in value] if isinstance(value, list) else value


def same(old: Block | None, new: Block | None) -> bool:
    """Whether two blocks mean the same; an absent block is not a present empty one."""
    if old is None or new is None:
        return old is new
    return meaning({**old}) == meaning({**new})


def compare_parts(shape: Shape, old: Block | None, new: Block | None, *, contextual: bool) -> tuple[BlockChange, ...]:
    """What differs in the blocks within a block."""
    return tuple(
        change
        for part in shape.parts
        for change in _PAIRINGS[part.pairing](part, old or _NOTHING, new or _NOTHING, contextual)
    )


def _compare_block(part: Part, old: Block | None, new: Block | None, contextual: bool) -> tuple[BlockChange, ...]:
    shape = part.shape
    if not shape.plain and same(old, new):
        return ()
    fields = compare(flatten(shape, old), flatten(shape, new), contextual=contextual)
    change = overall(fields) if shape.plain else _presence(old is not None, new is not None)
    if change == "None":
        return ()
    return (BlockChange(change, part.name, fields, compare_parts(shape, old, new, contextual=contextual)),)


def _presence(was: bool, will: bool) -> Change:
    if not was:
        return "Added"
    return "Edited" if will else "Deleted"


def _one(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    return _compare_block(part, inner(old, part.key), inner(new, part.key), contextual)


def _same_set(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    was, will = (_by_meaning(part, block) for block in (old, new))
    gone = (change for key in was.keys() - will.keys() for change in _compare_block(part, was[key], None, contextual))
    come = (change for key in will.keys() - was.keys() for change in _compare_block(part, None, will[key], contextual))
    return sort_blocks((*gone, *come))


def _by_meaning(part: Part, block: Block) -> dict[str, Block]:
    items = blocks(block, part.key)
    return {json.dumps(meaning({**item}), sort_keys=True): item for item in items}


def _named(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    def by_identity(block: Block) -> dict[tuple[str, ...], Block]:
        return {tuple(text(item, key) for key in part.identity): item for item in blocks(block, part.key)}

    was, will = by_identity(old), by_identity(new)
    names = was.keys() | will.keys()
    return sort_blocks(
        change for name in names for change in _compare_block(part, was.get(name), will.get(name), contextual)
    )


def _keyed(part: Part, old: Block, new: Block, contextual: bool) -> Iterator[BlockChange]:
    was, will = named_blocks(old, part.key), named_blocks(new, part.key)
    for name in sorted(was.keys() | will.keys()):
        yield from _compare_block(part, was.get(name), will.get(name), contextual)


def _names(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    was, will = set(texts(old, part.key)), set(texts(new, part.key))
    shown = was | will if contextual and not (part.hide_unchanged and was == will) else was ^ will
    fields = tuple(
        sorted(FieldChange(part.name, name if name in was else "", name if name in will else "") for name in shown)
    )
    return (BlockChange(overall(fields), part.name, fields),) if fields else ()


def _free(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    was, will = inner(old, part.key) or _NOTHING, inner(new, part.key) or _NOTHING
    if {**was} == {**will}:
        return ()
    fields = compare(flatten_free(was), flatten_free(will), contextual=contextual)
    return (BlockChange(_presence(bool(was), bool(will)), part.name, fields),)


def _joined(part: Part, old: Block, new: Block, contextual: bool) -> tuple[BlockChange, ...]:
    was, will = inner(old, part.key), inner(new, part.key)
    if same(was, will):
        return ()
    fields = compare(flatten_joined(part.shape, was), flatten_joined(part.shape, will), contextual=contextual)
    return (BlockChange(_presence(was is not None, will is not None), part.name, fields),)


_PAIRINGS: Mapping[Pairing, Callable[[Part, Block, Block, bool], Iterable[BlockChange]]] = {
    Pairing.ONE: _one,
    Pairing.SAME: _same_set,
    Pairing.NAMED: _named,
    Pairing.KEYED: _keyed,
    Pairing.NAMES: _names,
    Pairing.FREE: _free,
    Pairing.JOINED: _joined,
}
