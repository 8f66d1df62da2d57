"""What a Python expression comes to: literals, constants, defaults of options, environment variables."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known, joined
from muster.nomad.domain.extractors.python.access import access_of
from muster.nomad.domain.extractors.python.source import Module, keyword_of

_DEEPEST = 12
_MOST_ALTERNATIVES = 8
_PLACE = re.compile(r"\{[^{}]{0,40}\}")


@dataclass(frozen=True)
class Resolver:
    """Looks values up in one module, then among what the other modules of the unit agree on.

    `settings` holds the fields of settings classes, which the environment sets.
    """

    module: Module
    settings: Mapping[str, Value] = field(default_factory=dict[str, Value])
    unit: Mapping[str, Value] = field(default_factory=dict[str, Value])
    _seen: dict[str, Value] = field(default_factory=dict[str, Value], repr=False, compare=False)

    def value(self, node: ast.AST | None, depth: int = 0) -> Value:
        """The value of an expression; unknown beyond a dozen steps."""
        if node is None or depth > _DEEPEST:
            return UNKNOWN
        match node:
            case ast.Constant(value=str() | int() | float()):
                return Value(str(node.value))
            case ast.JoinedStr(values=parts):
                return joined(self.value(part, depth + 1) for part in parts[:_MOST_ALTERNATIVES])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return joined((self.value(left, depth + 1), self.value(right, depth + 1)))
            case ast.FormattedValue(value=inner):
                return self.value(inner, depth + 1)
            case _:
                return self._alternatives(node, depth + 1)

    def _alternatives(self, node: ast.AST, depth: int) -> Value:
        match node:
            case ast.BoolOp(op=ast.Or(), values=values):
                return first_known(self.value(value, depth) for value in values[:_MOST_ALTERNATIVES])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                known = first_known((self.value(body, depth), self.value(orelse, depth)))
                return replace(known, env=known.env or self.value(test, depth).env)
            case ast.Name(id=name):
                return self._named(name, depth)
            case ast.Attribute(attr=name):
                return self.settings.get(name) or self._named(name, depth)
            case ast.Call() | ast.Subscript():
                return self._read(node, depth)
            case _:
                return UNKNOWN

    def _read(self, node: ast.Call | ast.Subscript, depth: int) -> Value:
        access = access_of(self.module, node)
        if access is not None:
            return self.value(access.default, depth).set_by(access.name)
        if isinstance(node, ast.Subscript):
            match node.slice:
                case ast.Constant(value=str(key)):
                    return self._named(key, depth)
                case _:
                    return UNKNOWN
        return self._wrapped(node, depth)

    def _wrapped(self, call: ast.Call, depth: int) -> Value:
        """`int(x)`, `Field(8000)`, `x.strip()`: the first thing inside that is known."""
        if isinstance(call.func, ast.Attribute) and call.func.attr == "format":
            return self._formatted(call, self.value(call.func.value, depth), depth)
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        inside = [keyword_of(call, "default"), *owner, *call.args[:1]]
        return first_known(self.value(one, depth) for one in inside)

    def _formatted(self, call: ast.Call, template: Value, depth: int) -> Value:
        """`"{}:{}".format(host, port)`: the arguments in their order between the template's pieces."""
        pieces = _PLACE.split(template.text or "")[: _MOST_ALTERNATIVES + 1]
        values = [self.value(argument, depth) for argument in (*call.args, *(one.value for one in call.keywords))]
        filled = zip(pieces, (*values[: len(pieces) - 1], Value("")), strict=False)
        return joined(part for piece, value in filled for part in (Value(piece), value))

    def _named(self, name: str, depth: int) -> Value:
        if name in self._seen:
            return self._seen[name]
        self._seen[name] = UNKNOWN  # a name that is set from itself ends here
        own = first_known(self.value(node, depth) for node in self.module.assigned.get(name, ())[:_MOST_ALTERNATIVES])
        self._seen[name] = own if own.known else self.unit.get(name, UNKNOWN)
        return self._seen[name]
