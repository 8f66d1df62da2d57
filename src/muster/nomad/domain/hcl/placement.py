"""`constraint` and `affinity` blocks, with their shorthands such as `distinct_hosts = true`."""

from pydantic import JsonValue

from muster.nomad.domain.hcl.bodies import Shape, read_body
from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Body
from muster.nomad.domain.hcl.ranges import start_span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import BOOL, NUMBER, STRING, ConversionError, Type, Unknown, Value, convert
from muster.nomad.domain.hcl.values import number_to_json as _as_number

_MAIN = ("attribute", "value", "operator")
_CONSTRAINT_SHORTHANDS = ("version", "semver", "regexp", "set_contains")
_AFFINITY_SHORTHANDS = ("version", "semver", "regexp", "set_contains_any", "set_contains_all", "set_contains")
_ONLY_CONSTRAINT = (
    "distinct_property",
    "distinct_hosts",
    "set_contains_all",
    "set_contains_any",
    "is_set",
    "is_not_set",
)


def decode_constraint(body: Body, scope: Scope) -> dict[str, JsonValue]:
    """LTarget, RTarget and Operand."""
    names = (*_MAIN, *_CONSTRAINT_SHORTHANDS, *_ONLY_CONSTRAINT)
    values = _values(body, names, scope)
    result = _targets(values, _CONSTRAINT_SHORTHANDS)
    if values.get("distinct_hosts") is True:
        result["Operand"] = "distinct_hosts"
    if values.get("distinct_property"):
        result |= {"Operand": "distinct_property", "LTarget": _text(values, "distinct_property")}
    return {**result, "Operand": result["Operand"] or "="}


def decode_affinity(body: Body, scope: Scope) -> dict[str, JsonValue]:
    """LTarget, RTarget, Operand and Weight."""
    values = _values(body, (*_MAIN, "weight", *_AFFINITY_SHORTHANDS), scope)
    result = _targets(values, _AFFINITY_SHORTHANDS)
    weight = values.get("weight")
    number = None if weight is None or isinstance(weight, (Unknown, str, bool, tuple, dict)) else _as_number(weight)
    return {**result, "Operand": result["Operand"] or "=", "Weight": number}


def _targets(values: dict[str, Value], shorthands: tuple[str, ...]) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {
        "LTarget": _text(values, "attribute"),
        "Operand": _text(values, "operator"),
        "RTarget": _text(values, "value"),
    }
    for name in shorthands:
        if _text(values, name):
            result |= {"Operand": name, "RTarget": _text(values, name)}
    return result


def _text(values: dict[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _values(body: Body, names: tuple[str, ...], scope: Scope) -> dict[str, Value]:
    content = read_body(body, Shape(names), scope)
    values: dict[str, Value] = {}
    for name, attribute in content.attributes.items():
        value = evaluate(attribute.value, scope)
        try:
            values[name] = convert(value, _type(name))
        except ConversionError as error:
            detail = f'Inappropriate value for attribute "{name}": {error}.'
            scope.report(start_span(attribute.value), "Incorrect attribute value type", detail)
    return values


def _type(name: str) -> Type:
    return {"weight": NUMBER, "distinct_hosts": BOOL}.get(name, STRING)
