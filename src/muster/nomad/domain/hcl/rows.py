"""How a part of the spec is written and read: one row per field, the same row for HCL and for the API's JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from muster.nomad.domain.hcl.durations import render_duration
from muster.nomad.domain.hcl.literals import block_text, list_text, quote
from muster.nomad.domain.values import Part

_NS = 10**9


@dataclass(frozen=True)
class Codec:
    """A kind of value: as HCL at an indent, as JSON, and back from JSON."""

    to_hcl: Callable[[Any, str], str]
    to_json: Callable[[Any], JsonValue]
    from_json: Callable[[Any], Any]


def _seconds_to_ns(seconds: float) -> int:
    return round(seconds * _NS)


TEXT = Codec(lambda value, _: quote(value), str, str)
LONG_TEXT = Codec(block_text, str, str)
NUMBER = Codec(lambda value, _: str(value), int, int)
FLAG = Codec(lambda value, _: "true" if value else "false", bool, bool)
SECONDS = Codec(lambda value, _: quote(render_duration(_seconds_to_ns(value))), _seconds_to_ns, lambda ns: ns / _NS)
TEXTS = Codec(list_text, lambda items: [*map(str, items)], lambda items: tuple(map(str, items)))


@dataclass(frozen=True)
class Row:
    """A field of the model and the argument it is written as.

    `omit` are values that are not written, since Nomad assumes them; where its parser puts them into the JSON at
    once they are `implied`. `unset` is what the absence of the argument means, where that is not the model's own
    default. None and empty tuples are never written.
    """

    field: str
    name: str
    codec: Codec = TEXT
    omit: tuple[Any, ...] = ()
    unset: Any = None
    implied: bool = False

    def written(self, value: Any) -> bool:
        """Whether the value is written at all."""
        return value is not None and value != () and not any(value is item or value == item for item in self.omit)


@dataclass(frozen=True)
class MapRow:
    """A field that is a map of texts: a block, or an attribute where a name is no identifier and Nomad allows it."""

    field: str
    name: str
    attribute: bool = False
    lists: bool = False


@dataclass(frozen=True)
class Child:
    """A field that holds a part of its own, or with `many` a tuple of them: blocks."""

    field: str
    name: str
    table: "Table"
    many: bool = False
    assumed: bool = False
    """A block that is not there is read as an empty one."""


@dataclass(frozen=True)
class Table:
    """A part of the spec: the struct of the schema that it is, its arguments and then its blocks, in written order."""

    struct: str
    part: type[Part]
    rows: tuple[Row, ...] = ()
    blocks: tuple[Child | MapRow, ...] = ()
    label: str | None = None
    """The field that is the block's label."""
    named_by: str | None = None
    """The field that names a block without label in the paths of reasons."""


def many(field: str, name: str, table: Table) -> Child:
    """Blocks that may be repeated."""
    return Child(field, name, table, many=True)
