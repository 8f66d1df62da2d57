"""Operators and the conditional, with HashiCorp's words when operands do not fit."""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    ConversionError,
    Type,
    Unknown,
    Value,
    convert,
    equal,
    kind_of,
)

Evaluate = Callable[[nodes.Expression, Scope], Value]

_PRECISE = Context(prec=155, traps=[DivisionByZero, InvalidOperation, Overflow])
"""HashiCorp computes with 512-bit floats: 154 decimal digits."""

_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Value]] = {
    "+": _PRECISE.add,
    "-": _PRECISE.subtract,
    "*": _PRECISE.multiply,
    "/": _PRECISE.divide,
    "%": _PRECISE.remainder,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def evaluate_binary(binary: nodes.Binary, scope: Scope, evaluate: Evaluate) -> Value:
    """`left operator right`."""
    left = evaluate(binary.left, scope)
    right = evaluate(binary.right, scope)
    if binary.operator in ("==", "!="):
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return UNKNOWN
        return equal(left, right) == (binary.operator == "==")
    wanted = BOOL if binary.operator in ("&&", "||") else NUMBER
    left = _operand(left, wanted, "left", binary.left.span, scope)
    right = _operand(right, wanted, "right", binary.right.span, scope)
    if isinstance(left, bool) and isinstance(right, bool):
        return left and right if binary.operator == "&&" else left or right
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _compute(binary, left, right, scope)
    return UNKNOWN


def _operand(value: Value, wanted: Type, side: str, span: Span, scope: Scope) -> Value:
    try:
        if value is None:
            raise ConversionError("argument must not be null")
        return convert(value, wanted)
    except ConversionError as error:
        scope.report(span, "Invalid operand", f"Unsuitable value for {side} operand: {error}.")
        return UNKNOWN


def _compute(binary: nodes.Binary, left: Decimal, right: Decimal, scope: Scope) -> Value:
    try:
        return _ARITHMETIC[binary.operator](left, right)
    except (DivisionByZero, InvalidOperation, Overflow) as error:
        by_zero = isinstance(error, DivisionByZero) or right == 0
        why = "division by zero" if by_zero else "the result is out of range"
        scope.report(binary.span, "Operation failed", f"Error during operation: {why}.")
        return UNKNOWN


def evaluate_unary(unary: nodes.Unary, scope: Scope, evaluate: Evaluate) -> Value:
    """`-x` or `!x`."""
    wanted = NUMBER if unary.operator == "-" else BOOL
    value = _operand(evaluate(unary.operand, scope), wanted, "unary", unary.operand.span, scope)
    if isinstance(value, bool):
        return not value
    return value.copy_negate() if isinstance(value, Decimal) else UNKNOWN


def evaluate_conditional(conditional: nodes.Conditional, scope: Scope, evaluate: Evaluate) -> Value:
    """`condition ? then : otherwise`; findings in the side that is not taken do not count."""
    sides = scope.trial(), scope.trial()
    results = evaluate(conditional.then, sides[0]), evaluate(conditional.otherwise, sides[1])
    then, otherwise = _consistent(results, conditional, scope)
    condition = _condition(evaluate(conditional.condition, scope), conditional, scope)
    if condition is None:
        return UNKNOWN
    scope.findings.extend(sides[0 if condition else 1].findings)
    return then if condition else otherwise


def _condition(value: Value, conditional: nodes.Conditional, scope: Scope) -> bool | None:
    span = conditional.condition.span
    if value is None:
        detail = "The condition value is null. Conditions must either be true or false."
        scope.report(span, "Null condition", detail)
        return None
    try:
        condition = convert(value, BOOL)
    except ConversionError:
        scope.report(span, "Incorrect condition type", "The condition expression must be of type bool.")
        return None
    return condition if isinstance(condition, bool) else None


def _consistent(results: tuple[Value, Value], at: nodes.Conditional, scope: Scope) -> tuple[Value, Value]:
    kinds = {kind_of(value) for value in results} - {"dynamic"}
    if len(kinds) < 2:
        return results
    if kinds <= {"string", "number", "bool"} and "string" in kinds:
        return convert(results[0], STRING), convert(results[1], STRING)
    detail = (
        "The true and false result expressions must have consistent types. "
        f"The given expressions are {kind_of(results[0])} and {kind_of(results[1])}, respectively."
    )
    scope.report(at.span, "Inconsistent conditional result types", detail)
    return UNKNOWN, UNKNOWN
