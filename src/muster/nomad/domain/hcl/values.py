"""HCL's values and types, and the conversions between them, with the words that HashiCorp's library uses.

A value is None, a bool, a Decimal, a str, a tuple (list, set or tuple), a dict (map or object), or UNKNOWN.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from pydantic import JsonValue


class Unknown:
    """A value that can't be known: a variable that is not set, or the result of an error."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Value: TypeAlias = "bool | Decimal | str | Unknown | tuple[Value, ...] | dict[str, Value] | None"

_MAX_EXPONENT = 1000


class ConversionError(Exception):
    """A value does not fit a type; the text is HashiCorp's."""


@dataclass(frozen=True, slots=True)
class Type:
    """`string`, `number`, `bool`, `any`, or a collection: `list`, `set`, `map`, `object`, `tuple`."""

    kind: str
    element: "Type | None" = None
    fields: tuple[tuple[str, "Type", bool], ...] = ()
    """Of an object: name, type, whether it may be left out; of a tuple: the types, unnamed."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.element}" if self.element and self.element != ANY else self.kind


ANY: Final = Type("any")
STRING: Final = Type("string")
NUMBER: Final = Type("number")
BOOL: Final = Type("bool")
LIST_OF_STRING: Final = Type("list", STRING)
MAP_OF_STRING: Final = Type("map", STRING)


def has_unknown(value: Value) -> bool:
    """Whether a value, or a part of it, is not known."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return isinstance(value, Unknown) or any(has_unknown(item) for item in items)


def kind_of(value: Value) -> str:
    """The friendly name of a value's type."""
    match value:
        case bool():
            return "bool"
        case Decimal():
            return "number"
        case str():
            return "string"
        case tuple():
            return "tuple"
        case dict():
            return "object"
        case _:
            return "dynamic"


def convert(value: Value, wanted: Type) -> Value:
    """The value as that type. Raises ConversionError, e.g. `a number is required`."""
    if value is None or isinstance(value, Unknown) or wanted.kind == "any":
        return value
    return _CONVERSIONS[wanted.kind](value, wanted)


def as_text(value: Decimal | bool) -> str:
    """A number or bool as HCL writes it in a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if abs(value.adjusted()) > _MAX_EXPONENT:
        return str(value)
    text = format(value.copy_abs() if value == 0 else value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _string(value: Value, _: Type) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, Decimal)):
        return as_text(value)
    raise ConversionError("string required")


def _number(value: Value, _: Type) -> Value:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        return parse_number(value)
    raise ConversionError("number required")


def parse_number(text: str) -> Decimal:
    """The number that a string holds. Raises ConversionError."""
    try:
        if text.strip() == text and "_" not in text:
            number = Decimal(text)
            if number.is_finite():
                return number
    except InvalidOperation:
        pass
    raise ConversionError("a number is required")


def _bool(value: Value, _: Type) -> Value:
    if isinstance(value, bool):
        return value
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise ConversionError("a bool is required" if isinstance(value, str) else "bool required")


def _list(value: Value, wanted: Type) -> Value:
    if not isinstance(value, tuple):
        raise ConversionError(f"{wanted} required")
    converted = tuple(_element(item, wanted, f"element {index}") for index, item in enumerate(value))
    return unify(converted) if wanted.element == ANY else converted


def _set(value: Value, wanted: Type) -> Value:
    items = _list(value, wanted)
    assert isinstance(items, tuple), "a list conversion gives a tuple"
    return tuple(sorted({repr(item): item for item in items}.values(), key=_order))


def _order(value: Value) -> tuple[bool, Decimal, str]:
    number = value if isinstance(value, Decimal) else Decimal(0)
    return (isinstance(value, str), number, value if isinstance(value, str) else "")


def _map(value: Value, wanted: Type) -> Value:
    if not isinstance(value, dict):
        raise ConversionError(f"{wanted} required")
    return {key: _element(item, wanted, f'element "{key}"') for key, item in value.items()}


def _element(item: Value, wanted: Type, where: str) -> Value:
    try:
        return convert(item, wanted.element or ANY)
    except ConversionError as error:
        raise ConversionError(f"{where}: {error}") from None


def _object(value: Value, wanted: Type) -> Value:
    if not isinstance(value, dict):
        raise ConversionError("object required")
    missing = [name for name, _, optional in wanted.fields if not optional and name not in value]
    if missing:
        raise ConversionError(f'attribute "{missing[0]}" is required')
    return {name: convert(value.get(name), kind) for name, kind, _ in wanted.fields}


def _tuple(value: Value, wanted: Type) -> Value:
    if not isinstance(value, tuple) or len(value) != len(wanted.fields):
        raise ConversionError("tuple required")
    return tuple(convert(item, kind) for item, (_, kind, _) in zip(value, wanted.fields, strict=True))


_CONVERSIONS: Mapping[str, Callable[[Value, Type], Value]] = {
    "string": _string,
    "number": _number,
    "bool": _bool,
    "list": _list,
    "set": _set,
    "map": _map,
    "object": _object,
    "tuple": _tuple,
}


def unify(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Elements of one list: numbers and bools become strings beside a string."""
    kinds = {kind_of(item) for item in items if item is not None} - {"dynamic"}
    if "string" in kinds and kinds <= {"string", "number", "bool"}:
        return tuple(convert(item, STRING) for item in items)
    return items


def equal(left: Value, right: Value) -> bool:
    """Equality without conversion: 1 and "1" differ."""
    return kind_of(left) == kind_of(right) and left == right


def from_json(value: JsonValue) -> Value:
    """A JSON value as an HCL value."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, list):
        return tuple(from_json(item) for item in value)
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    return value


def to_json(value: Value) -> JsonValue:
    """A value as JSON: whole numbers as ints. Raises ConversionError for what is not known."""
    match value:
        case Unknown():
            raise ConversionError("value is not known")
        case Decimal():
            return number_to_json(value)
        case tuple():
            return [to_json(item) for item in value]
        case dict():
            return {key: to_json(item) for key, item in value.items()}
        case _:
            return value


def number_to_json(value: Decimal) -> int | float:
    """A whole number that fits 64 bits as int, any other as float."""
    if abs(value) < 2**63 and value == value.to_integral_value():
        return int(value)
    number = float(value)
    if math.isinf(number):
        raise ConversionError("the number is out of range")
    return number
