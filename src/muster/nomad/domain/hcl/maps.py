"""Blocks whose names are free: `env`, `meta`, `header`, and a driver's `config`."""

from collections.abc import Iterable

from pydantic import JsonValue

from muster.nomad.domain.hcl.attributes import decode_attribute
from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Block, Body, Expression, ObjectOf, Parenthesis
from muster.nomad.domain.hcl.ranges import start_span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import ConversionError, Unknown, Value, to_json


def decode_typed_map(body: Body, scope: Scope, kind: str) -> JsonValue:
    """A block of one type, such as `map[string]string`; blocks inside it can't be of that type."""
    element = "[]string" if kind.endswith("[]string") else "string"
    result: dict[str, JsonValue] = {
        item.name: decode_attribute(item.value, element, scope, "") for item in body.attributes
    }
    for block in body.blocks:
        scope.report(block.open_span, "Unsuitable value type", "Unsuitable value: string required")
    return result


def decode_free_map(body: Body, scope: Scope, _: str = "") -> JsonValue:
    """A block of any content: nested blocks become lists of objects, an object becomes a list of one, as in HCL1."""
    return dict(_pairs(body, scope))


def _pairs(body: Body, scope: Scope) -> Iterable[tuple[str, JsonValue]]:
    for item in body.attributes:
        yield item.name, _free(item.value, scope)
    names = dict.fromkeys(block.type for block in body.blocks)
    for name in names:
        yield name, [_labelled(block, scope) for block in body.blocks if block.type == name]


def _labelled(block: Block, scope: Scope) -> JsonValue:
    value: JsonValue = dict(_pairs(block.body, scope))
    for label in reversed(block.labels):
        value = {label.text: [value]}
    return value


def _free(expression: Expression, scope: Scope) -> JsonValue:
    value = evaluate(expression, scope)
    if scope.lenient:
        value = _without_unknown(value)
    try:
        plain = to_json(value)
    except ConversionError as error:
        scope.report(start_span(expression), "unsuitable value type", f"Unsuitable value: {error}")
        return None
    while isinstance(expression, Parenthesis):
        expression = expression.inner
    return [plain] if isinstance(expression, ObjectOf) else plain


def _without_unknown(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_without_unknown(item) for item in value)
    if isinstance(value, dict):
        return {key: _without_unknown(item) for key, item in value.items()}
    return None if isinstance(value, Unknown) else value
