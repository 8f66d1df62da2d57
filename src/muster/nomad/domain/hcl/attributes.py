"""An attribute's value as the API's JSON, by the Go type of its field."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import JsonValue

from muster.nomad.domain.hcl.durations import DurationError, parse_duration
from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Expression
from muster.nomad.domain.hcl.ranges import start_span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import (
    BOOL,
    LIST_OF_STRING,
    MAP_OF_STRING,
    NUMBER,
    STRING,
    ConversionError,
    Type,
    Unknown,
    Value,
    convert,
    has_unknown,
    to_json,
)

_TYPES: Mapping[str, Type] = {
    "string": STRING,
    "CSIPluginType": STRING,
    "ReconcileOption": STRING,
    "bool": BOOL,
    "[]string": LIST_OF_STRING,
    "[]uint16": Type("list", NUMBER),
    "map[string]string": MAP_OF_STRING,
}
_INTEGERS: Mapping[str, tuple[int, int]] = {
    "int": (-(2**63), 2**63 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}


def decode_attribute(expression: Expression, kind: str, scope: Scope, zero: JsonValue = None) -> JsonValue:
    """The value as JSON; when it does not fit, a finding in Nomad's words and the zero value."""
    value = evaluate(expression, scope)
    if scope.lenient and has_unknown(value):
        return zero
    try:
        return _fit(value, kind)
    except ConversionError as error:
        scope.report(start_span(expression), "Unsuitable value type", f"Unsuitable {error}")
        return zero


def _fit(value: Value, kind: str) -> JsonValue:
    name = kind.removeprefix("*")
    if name == "time.Duration":
        return _duration(value)
    if value is None:
        if kind.startswith(("*", "[]", "map[")):
            return None
        raise ConversionError("value: null value is not allowed")
    try:
        fitted = convert(value, _TYPES.get(name, NUMBER))
        if has_unknown(fitted):
            raise ConversionError("value must be known")
        return _integer(fitted, name) if isinstance(fitted, Decimal) else to_json(fitted)
    except ConversionError as error:
        raise ConversionError(f"value: {error}") from None


def _integer(value: Decimal, kind: str) -> int:
    low, high = _INTEGERS[kind]
    if not low <= value <= high or value != value.to_integral_value():
        raise ConversionError(f"value must be a whole number, between {low} and {high}")
    return int(value)


def _duration(value: Value) -> int:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except DurationError as error:
            raise ConversionError(f"duration value: {error}") from None
    if isinstance(value, Decimal):
        return _integer(value, "int64")
    if isinstance(value, Unknown):
        raise ConversionError("value: value must be known")
    raise ConversionError("value: expected a string but found another type")
