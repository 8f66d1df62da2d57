"""Compare plain fields: every value as the string that Go prints, keyed by its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import JsonValue

from muster.nomad.embedded.differences.shapes import Shape
from muster.nomad.embedded.validation.reading import Block, flag, number, pairs, text, texts

Change = Literal["Edited", "Added", "Deleted", "None"]
CHANGES: tuple[Change, ...] = ("Edited", "Added", "Deleted", "None")
Flat = Mapping[str, str]


@dataclass(frozen=True, order=True)
class FieldChange:
    """One field, before and after; an empty string is an absent one. They sort as Nomad sorts them."""

    name: str
    old: str
    new: str
    annotations: tuple[str, ...] = field(default=(), compare=False)

    @property
    def change(self) -> Change:
        """How the field differs."""
        if self.old == self.new:
            return "None"
        if not self.old:
            return "Added"
        return "Edited" if self.new else "Deleted"

    def as_json(self) -> dict[str, JsonValue]:
        """The field as a plan shows it."""
        return {
            "Type": self.change,
            "Name": self.name,
            "Old": self.old,
            "New": self.new,
            "Annotations": [*self.annotations] or None,
        }


def flatten(shape: Shape, block: Block | None) -> Flat:
    """The fields of a block; none for an absent block, zero values for absent fields of a present one."""
    if block is None:
        return {}
    return {
        **{key: text(block, key) for key in shape.texts},
        **{key: str(number(block, key)) for key in shape.numbers},
        **{key: str(flag(block, key)).lower() for key in shape.flags},
        **{f"{key}[{name}]": value for key in shape.maps for name, value in pairs(block, key).items()},
    }


def flatten_joined(shape: Shape, block: Block | None) -> Flat:
    """The lists of a block, each as one string; empty lists are left out."""
    return {key: ",".join(texts(block, key)) for key in shape.texts if texts(block, key)} if block else {}


def flatten_free(block: Block | None) -> Flat:
    """A free-form block down to its leaves: `args[0]`, `mount[0][type]`."""
    return {path: value for key, item in (block or {}).items() for path, value in _leaves(key, item)}


def _leaves(path: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f"{path}[{key}]", item)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves(f"{path}[{at}]", item)
    else:
        yield path, _printed(value)


def _printed(value: str | float | bool | None) -> str:
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else _printed_float(float(value))


def _printed_float(value: float) -> str:
    # every number in a driver's configuration is a float64 to Nomad, and Go prints 1000000 as 1e+06
    shortest = Decimal(repr(value)).normalize()
    exponent = shortest.adjusted() if value else 0
    if -4 <= exponent < 6:
        return format(shortest, "f")
    sign, digits, _ = shortest.as_tuple()
    mantissa = "".join(map(str, digits))
    fraction = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' if sign else ''}{mantissa[0]}{fraction}e{exponent:+03d}"


def compare(old: Flat, new: Flat, *, contextual: bool) -> tuple[FieldChange, ...]:
    """The fields that differ, sorted; with `contextual` also those that do not."""
    names = old.keys() | new.keys()
    fields = (FieldChange(name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(sorted(field for field in fields if contextual or field.old != field.new))


def overall(fields: tuple[FieldChange, ...]) -> Change:
    """What happened to a plain block, read from its fields."""
    kinds: set[Change] = {field.change for field in fields if field.change != "None"}
    if len(kinds) > 1:
        return "Edited"
    return kinds.pop() if kinds else "None"
