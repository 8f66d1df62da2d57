"""Where HashiCorp's parser points when a whole expression does not fit: at its start."""

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.positions import Span


def start_span(expression: nodes.Expression) -> Span:
    """The part of an expression that a diagnostic about its value names."""
    first = _first(expression)
    if first is not None:
        return start_span(first)
    match expression:
        case nodes.Template():
            return _template(expression)
        case nodes.Call():
            return expression.head
        case nodes.Unary() | nodes.TupleOf() | nodes.ObjectOf() | nodes.For():
            return Span(expression.span.start, expression.span.start + 1)
        case _:
            return expression.span


def _first(expression: nodes.Expression) -> nodes.Expression | None:
    """The part that an expression begins with, when that part is an expression."""
    match expression:
        case nodes.Access() | nodes.Splat():
            return expression.source
        case nodes.Index():
            return expression.collection
        case nodes.Conditional():
            return expression.condition
        case nodes.Binary():
            return expression.left
        case nodes.Parenthesis():
            return expression.inner
        case _:
            return None


def _template(template: nodes.Template) -> Span:
    if not template.parts:
        return Span(template.span.start + 1, template.span.start + 1)
    first = template.parts[0]
    if len(template.parts) == 1 and isinstance(first, nodes.Interpolation):
        return template.span
    return start_span(first.inner) if isinstance(first, nodes.Interpolation) else first.span
