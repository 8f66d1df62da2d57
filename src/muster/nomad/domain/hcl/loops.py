"""Evaluates `for` expressions and splats."""

from decimal import Decimal

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.operators import Evaluate
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import BOOL, STRING, UNKNOWN, ConversionError, Unknown, Value, convert, kind_of


def pairs(value: Value, span: Span, scope: Scope) -> list[tuple[Value, Value]] | None:
    """Keys and values of a collection; None, with a finding, when it is none."""
    if isinstance(value, tuple):
        return [(Decimal(index), item) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    if value is None:
        detail = "A null value cannot be used as the collection in a 'for' expression."
        scope.report(span, "Iteration over null value", detail)
    elif not isinstance(value, Unknown):
        detail = f"A value of type {kind_of(value)} cannot be used as the collection in a 'for' expression."
        scope.report(span, "Iteration over non-iterable value", detail)
    return None


def evaluate_for(loop: nodes.For, scope: Scope, evaluate: Evaluate) -> Value:
    """`[for ...]` or `{for ...}`."""
    found = pairs(evaluate(loop.collection, scope), loop.collection.span, scope)
    if found is None:
        return UNKNOWN
    inner = [scope.inside(_names(loop, key, value)) for key, value in found]
    chosen = [each for each in inner if _chosen(loop, each, evaluate)]
    if loop.key_result is None:
        return tuple(evaluate(loop.result, each) for each in chosen)
    return _object(loop, loop.key_result, chosen, evaluate)


def _names(loop: nodes.For, key: Value, value: Value) -> dict[str, Value]:
    return {loop.key: key, loop.value: value} if loop.key else {loop.value: value}


def _chosen(loop: nodes.For, scope: Scope, evaluate: Evaluate) -> bool:
    if loop.condition is None:
        return True
    try:
        value = evaluate(loop.condition, scope)
        if value is None:
            raise ConversionError("bool required")
        return convert(value, BOOL) is True
    except ConversionError as error:
        detail = f"The 'if' clause value is invalid: {error}."
        scope.report(loop.condition.span, "Invalid 'for' condition", detail)
        return False


def _object(loop: nodes.For, key_result: nodes.Expression, scopes: list[Scope], evaluate: Evaluate) -> Value:
    result: dict[str, Value] = {}
    for scope in scopes:
        key = _key(key_result, scope, evaluate)
        value = evaluate(loop.result, scope)
        if key is None:
            return UNKNOWN
        if loop.group:
            earlier = result.get(key, ())
            result[key] = (*(earlier if isinstance(earlier, tuple) else ()), value)
        elif key in result:
            detail = (
                f"Two different items produced the key \"{key}\" in this 'for' expression. "
                "If duplicates are expected, use the ellipsis (...) after the value expression "
                "to enable grouping by key."
            )
            scope.report(key_result.span, "Duplicate object key", detail)
        else:
            result[key] = value
    return result


def _key(expression: nodes.Expression, scope: Scope, evaluate: Evaluate) -> str | None:
    value = evaluate(expression, scope)
    try:
        if value is None:
            raise ConversionError("string required")
        key = convert(value, STRING)
    except ConversionError as error:
        detail = f"The key expression produced an invalid result: {error}."
        scope.report(expression.span, "Invalid object key", detail)
        return None
    return key if isinstance(key, str) else None


def evaluate_splat(splat: nodes.Splat, scope: Scope, evaluate: Evaluate) -> Value:
    """`list[*].x`; a single value counts as a list of one, null as an empty one."""
    source = evaluate(splat.source, scope)
    if isinstance(source, Unknown):
        return UNKNOWN
    if source is None:
        return ()
    items = source if isinstance(source, tuple) else (source,)
    return tuple(evaluate(splat.each, scope.at_element(item)) for item in items)
