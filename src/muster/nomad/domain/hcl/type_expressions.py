"""Reads type constraints: `string`, `list(string)`, `object({ name = string })`."""

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.operators import Evaluate
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import ANY, BOOL, NUMBER, STRING, UNKNOWN, ConversionError, Type, Value, convert

_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
_COLLECTIONS = ("list", "set", "map")
_SUMMARY = "Invalid type specification"


def read_type(expression: nodes.Expression, scope: Scope) -> Type | None:
    """The type that an expression names; None, with a finding, when it names none."""
    if isinstance(expression, nodes.Reference) and not expression.steps:
        return _primitive(expression, scope)
    if isinstance(expression, nodes.Call) and len(expression.args) == 1:
        return _constructed(expression, expression.args[0], scope)
    detail = (
        "A type specification is either a primitive type keyword (bool, number, string) "
        "or a complex type constructor call, like list(string)."
    )
    scope.report(expression.span, _SUMMARY, detail)
    return None


def _primitive(reference: nodes.Reference, scope: Scope) -> Type | None:
    if reference.root in _PRIMITIVES:
        return _PRIMITIVES[reference.root]
    if reference.root in _COLLECTIONS:
        return Type(reference.root, ANY)
    detail = f'The keyword "{reference.root}" is not a valid type specification.'
    scope.report(reference.span, _SUMMARY, detail)
    return None


def _constructed(call: nodes.Call, arg: nodes.Expression, scope: Scope) -> Type | None:
    if call.name in _COLLECTIONS:
        element = read_type(arg, scope)
        return element and Type(call.name, element)
    if call.name == "object" and isinstance(arg, nodes.ObjectOf):
        return _object(arg, scope)
    if call.name == "tuple" and isinstance(arg, nodes.TupleOf):
        types = [read_type(item, scope) for item in arg.items]
        return Type("tuple", fields=tuple(("", kind, False) for kind in types if kind))
    detail = f'Keyword "{call.name}" is not a valid type constructor.'
    scope.report(call.span, _SUMMARY, detail)
    return None


def _object(items: nodes.ObjectOf, scope: Scope) -> Type | None:
    fields: list[tuple[str, Type, bool]] = []
    for item in items.items:
        name = item.key.root if isinstance(item.key, nodes.Reference) else _text(item.key)
        optional = isinstance(item.value, nodes.Call) and item.value.name == "optional" and bool(item.value.args)
        kind = read_type(item.value.args[0] if isinstance(item.value, nodes.Call) and optional else item.value, scope)
        if kind is None or name is None:
            return None
        fields.append((name, kind, optional))
    return Type("object", fields=tuple(fields))


def _text(key: nodes.Expression) -> str | None:
    return key.plain if isinstance(key, nodes.Template) else None


def convert_call(call: nodes.Call, scope: Scope, evaluate: Evaluate) -> Value:
    """`convert(value, type)`."""
    if len(call.args) != 2:
        detail = 'Function "convert" expects 2 argument(s).'
        scope.report(call.head, "Not enough function arguments", detail)
        return UNKNOWN
    value, kind = evaluate(call.args[0], scope), read_type(call.args[1], scope)
    if kind is None:
        return UNKNOWN
    try:
        return convert(value, kind)
    except ConversionError as error:
        scope.report(call.head, "Error in function call", f'Call to function "convert" failed: {error}.')
        return UNKNOWN
