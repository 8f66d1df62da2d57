"""Evaluates templates: text with values put in."""

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.loops import pairs
from muster.nomad.domain.hcl.operators import Evaluate
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import BOOL, STRING, UNKNOWN, ConversionError, Value, convert


def evaluate_template(template: nodes.Template, scope: Scope, evaluate: Evaluate) -> Value:
    """The text of a template; `"${x}"` alone is x itself, of any type."""
    if len(template.parts) == 1 and isinstance(template.parts[0], nodes.Interpolation):
        return evaluate(template.parts[0].inner, scope)
    text = _join(template.parts, scope, evaluate)
    return UNKNOWN if text is None else text


def _join(parts: tuple[nodes.Expression, ...], scope: Scope, evaluate: Evaluate) -> str | None:
    texts = [_part(part, scope, evaluate) for part in parts]
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None


def _part(part: nodes.Expression, scope: Scope, evaluate: Evaluate) -> str | None:
    match part:
        case nodes.Text():
            return part.value
        case nodes.Interpolation():
            return _interpolated(evaluate(part.inner, scope), part.inner.span, scope)
        case nodes.TemplateIf():
            return _if(part, scope, evaluate)
        case nodes.TemplateFor():
            return _for(part, scope, evaluate)
        case _:
            return _interpolated(evaluate(part, scope), part.span, scope)


def _interpolated(value: Value, span: Span, scope: Scope) -> str | None:
    summary = "Invalid template interpolation value"
    if value is None:
        detail = "The expression result is null. Cannot include a null value in a string template."
        scope.report(span, summary, detail)
        return None
    try:
        text = convert(value, STRING)
    except ConversionError as error:
        scope.report(span, summary, f"Cannot include the given value in a string template: {error}.")
        return None
    return text if isinstance(text, str) else None


def _if(part: nodes.TemplateIf, scope: Scope, evaluate: Evaluate) -> str | None:
    try:
        condition = convert(evaluate(part.condition, scope), BOOL)
    except ConversionError:
        condition = None
        detail = "The condition expression must be of type bool."
        scope.report(part.condition.span, "Incorrect condition type", detail)
    if not isinstance(condition, bool):
        return None
    return _join(part.then if condition else part.otherwise, scope, evaluate)


def _for(part: nodes.TemplateFor, scope: Scope, evaluate: Evaluate) -> str | None:
    found = pairs(evaluate(part.collection, scope), part.collection.span, scope)
    if found is None:
        return None
    texts: list[str] = []
    for key, value in found:
        names: dict[str, Value] = {part.value: value}
        if part.key:
            names[part.key] = key
        text = _join(part.body, scope.inside(names), evaluate)
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)
