"""Evaluates expressions as Nomad does; what goes wrong is reported to the scope and the value is UNKNOWN."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.calls import evaluate_call
from muster.nomad.domain.hcl.loops import evaluate_for, evaluate_splat
from muster.nomad.domain.hcl.operators import evaluate_binary, evaluate_conditional, evaluate_unary
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.strings import evaluate_template
from muster.nomad.domain.hcl.values import STRING, UNKNOWN, ConversionError, Unknown, Value, convert


def evaluate(expression: nodes.Expression, scope: Scope) -> Value:
    """The value of an expression, or UNKNOWN with a finding in the scope."""
    return _EVALUATORS[type(expression)](expression, scope)


def _literal(literal: nodes.Literal, _: Scope) -> Value:
    return literal.value


def _template(template: nodes.Template, scope: Scope) -> Value:
    return evaluate_template(template, scope, evaluate)


def _binary(binary: nodes.Binary, scope: Scope) -> Value:
    return evaluate_binary(binary, scope, evaluate)


def _unary(unary: nodes.Unary, scope: Scope) -> Value:
    return evaluate_unary(unary, scope, evaluate)


def _conditional(conditional: nodes.Conditional, scope: Scope) -> Value:
    return evaluate_conditional(conditional, scope, evaluate)


def _call(call: nodes.Call, scope: Scope) -> Value:
    return evaluate_call(call, scope, evaluate)


def _splat(splat: nodes.Splat, scope: Scope) -> Value:
    return evaluate_splat(splat, scope, evaluate)


def _for(loop: nodes.For, scope: Scope) -> Value:
    return evaluate_for(loop, scope, evaluate)


def _element(_: nodes.Element, scope: Scope) -> Value:
    return scope.element


def _parenthesis(parenthesis: nodes.Parenthesis, scope: Scope) -> Value:
    return evaluate(parenthesis.inner, scope)


def _tuple(items: nodes.TupleOf, scope: Scope) -> Value:
    return tuple(evaluate(item, scope) for item in items.items)


def _object(items: nodes.ObjectOf, scope: Scope) -> Value:
    result: dict[str, Value] = {}
    known = True
    for item in items.items:
        key = _key(item.key, scope)
        value = evaluate(item.value, scope)
        if key is None:
            known = False
        else:
            result[key] = value
    return result if known else UNKNOWN


def _key(expression: nodes.Expression, scope: Scope) -> str | None:
    if isinstance(expression, nodes.Reference):
        if not expression.steps:
            return expression.root
        detail = (
            "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a "
            "literal name containing periods, wrap it in quotes to create a string literal."
        )
        scope.report(expression.span, "Ambiguous attribute key", detail)
        return None
    value = evaluate(expression, scope)
    if value is None:
        if isinstance(expression, nodes.Literal):
            return "null"
        scope.report(expression.span, "Null value as key", "Can't use a null value as a key.")
        return None
    try:
        text = convert(value, STRING)
    except ConversionError as error:
        scope.report(expression.span, "Incorrect key type", f"Can't use this value as a key: {error}.")
        return None
    return text if isinstance(text, str) else None


def _reference(reference: nodes.Reference, scope: Scope) -> Value:
    if reference.root in scope.names:
        return _walk(scope.names[reference.root], reference.steps, scope)
    if scope.runtime:
        return _runtime_text(reference, scope)
    scope.report(_root_span(reference), "Variables not allowed", "Variables may not be used here.")
    return UNKNOWN


def _root_span(reference: nodes.Reference) -> Span:
    end = reference.steps[0].span.start if reference.steps else reference.span.end
    return Span(reference.span.start, end)


def _runtime_text(reference: nodes.Reference, scope: Scope) -> str:
    """`${attr.kernel.name}` as written: Nomad's client fills it in when the task starts."""
    text = scope.source.text
    before = text[: reference.span.start]
    after = text[reference.span.end :]
    inside = before.rstrip(" ").endswith("${") and after.lstrip(" ").startswith("}")
    if not inside:
        return f"${{{scope.source.cut(reference.span)}}}"
    left = before[len(before.rstrip(" ")) :]
    right = after[: len(after) - len(after.lstrip(" "))]
    return f"${{{left}{scope.source.cut(reference.span)}{right}}}"


def _access(access: nodes.Access, scope: Scope) -> Value:
    return _walk(evaluate(access.source, scope), access.steps, scope)


def _index(index: nodes.Index, scope: Scope) -> Value:
    collection = evaluate(index.collection, scope)
    key = evaluate(index.key, scope)
    return _at(collection, key, index.bracket, scope)


def _walk(value: Value, steps: tuple[nodes.Step, ...], scope: Scope) -> Value:
    for step in steps:
        if step.is_index:
            value = _at(value, step.key, step.span, scope)
        else:
            value = _attribute(value, str(step.key), step.span, scope)
    return value


def _attribute(value: Value, name: str, span: Span, scope: Scope) -> Value:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        if name in value:
            return value[name]
        scope.report(span, "Unsupported attribute", f'This object does not have an attribute named "{name}".')
    elif value is None:
        detail = "This value is null, so it does not have any attributes."
        scope.report(span, "Attempt to get attribute from null value", detail)
    else:
        scope.report(span, "Unsupported attribute", "This value does not have any attributes.")
    return UNKNOWN


def _at(value: Value, key: Value, span: Span, scope: Scope) -> Value:
    if isinstance(value, Unknown) or isinstance(key, Unknown):
        return UNKNOWN
    if value is None:
        detail = "This value is null, so it does not have any indices."
        scope.report(span, "Attempt to index null value", detail)
    elif not isinstance(value, (tuple, dict)):
        scope.report(span, "Invalid index", "This value does not have any indices.")
    else:
        found = _item(value, key)
        if found is not None:
            return found[0]
        detail = "The given key does not identify an element in this collection value."
        scope.report(span, "Invalid index", detail)
    return UNKNOWN


def _item(value: "tuple[Value, ...] | dict[str, Value]", key: Value) -> tuple[Value] | None:
    """The element in a one-tuple, since the element itself may be null."""
    if isinstance(value, dict):
        name = convert(key, STRING) if isinstance(key, (str, bool, Decimal)) else None
        return (value[name],) if isinstance(name, str) and name in value else None
    if isinstance(key, str):
        key = Decimal(key) if key.isdecimal() else None
    if isinstance(key, Decimal) and 0 <= key < len(value) and key == int(key):
        return (value[int(key)],)
    return None


_EVALUATORS: Mapping[type, Callable[[Any, Scope], Value]] = {
    nodes.Literal: _literal,
    nodes.Template: _template,
    nodes.Reference: _reference,
    nodes.Access: _access,
    nodes.Index: _index,
    nodes.Element: _element,
    nodes.Splat: _splat,
    nodes.Call: _call,
    nodes.Conditional: _conditional,
    nodes.Binary: _binary,
    nodes.Unary: _unary,
    nodes.Parenthesis: _parenthesis,
    nodes.TupleOf: _tuple,
    nodes.ObjectOf: _object,
    nodes.For: _for,
}
"""The parts of a template are not here: they have no value of their own, only text."""
