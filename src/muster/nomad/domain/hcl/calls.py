"""Evaluates function calls: arguments are counted and converted, failures reported in HashiCorp's words."""

from decimal import Decimal

from muster.nomad.domain.hcl import nodes
from muster.nomad.domain.hcl.functions.registry import FUNCTIONS
from muster.nomad.domain.hcl.functions.signature import Function, FunctionError
from muster.nomad.domain.hcl.operators import Evaluate
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.ranges import start_span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.type_expressions import convert_call
from muster.nomad.domain.hcl.values import UNKNOWN, ConversionError, Unknown, Value, convert

_Argument = tuple[Value, Span]

_MAX_EXPONENT = 400
"""A number with more digits would cost seconds as a whole number."""


def evaluate_call(call: nodes.Call, scope: Scope, evaluate: Evaluate) -> Value:
    """The result of a call, or UNKNOWN with a finding."""
    if call.name in ("try", "can"):
        return _try(call, scope, evaluate)
    if call.name == "convert":
        return convert_call(call, scope, evaluate)
    function = FUNCTIONS.get(call.name)
    if function is None:
        _unknown(call, scope)
        return UNKNOWN
    arguments = _arguments(call, scope, evaluate)
    if arguments is None or not _counted(call, function, arguments, scope):
        return UNKNOWN
    values = _converted(function, arguments, scope)
    if values is None or any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    try:
        return _finite(function.call(*values))
    except (FunctionError, ConversionError) as error:
        why = str(error)
    except (ArithmeticError, TypeError, ValueError):
        # The odd corners of eighty functions: a null inside a list, a result beyond all numbers.
        why = "unsuitable argument"
    scope.report(call.head, "Error in function call", f'Call to function "{call.name}" failed: {why}.')
    return UNKNOWN


def _finite(value: Value) -> Value:
    if isinstance(value, Decimal) and not value.is_finite():
        raise FunctionError("the result is out of range")
    return value


def _unknown(call: nodes.Call, scope: Scope) -> None:
    name_span = Span(call.span.start, call.span.start + len(call.name))
    detail = f'There is no function named "{call.name}".{suggest(call.name, FUNCTIONS)}'
    scope.report(name_span, "Call to unknown function", detail)


def _arguments(call: nodes.Call, scope: Scope, evaluate: Evaluate) -> list[_Argument] | None:
    reported = len(scope.findings)
    values = [(evaluate(arg, scope), start_span(arg)) for arg in call.args]
    if len(scope.findings) > reported:
        return None
    if not call.expand or not values:
        return values
    last, span = values.pop()
    if isinstance(last, Unknown):
        return None
    if not isinstance(last, tuple):
        detail = "The expanding argument (indicated by ...) must be of a tuple, list, or set type."
        scope.report(call.args[-1].span, "Invalid expanding argument value", detail)
        return None
    return values + [(item, span) for item in last]


def _counted(call: nodes.Call, function: Function, arguments: list[_Argument], scope: Scope) -> bool:
    wanted = len(function.parameters)
    if len(arguments) < wanted:
        missing = function.parameters[len(arguments)].name
        least = " at least" if function.rest else ""
        detail = f'Function "{call.name}" expects{least} {wanted} argument(s). Missing value for "{missing}".'
        closing = Span(call.span.end - 1, call.span.end)
        scope.report(closing, "Not enough function arguments", detail)
        return False
    if len(arguments) > wanted and function.rest is None:
        detail = f'Function "{call.name}" expects only {wanted} argument(s).'
        scope.report(arguments[wanted][1], "Too many function arguments", detail)
        return False
    return True


def _converted(function: Function, arguments: list[_Argument], scope: Scope) -> list[Value] | None:
    converted: list[Value] = []
    for index, (value, span) in enumerate(arguments):
        parameter = function.parameters[index] if index < len(function.parameters) else function.rest
        assert parameter is not None, "arguments were counted"
        try:
            if value is None and not parameter.nullable:
                raise ConversionError("argument must not be null")
            if isinstance(value, Decimal) and abs(value.adjusted()) > _MAX_EXPONENT:
                raise ConversionError("the number is out of range")
            converted.append(convert(value, parameter.type))
        except ConversionError as error:
            detail = f'Invalid value for "{parameter.name}" parameter: {error}.'
            scope.report(span, "Invalid function argument", detail)
    return converted if len(converted) == len(arguments) else None


def _try(call: nodes.Call, scope: Scope, evaluate: Evaluate) -> Value:
    for arg in call.args:
        trial = scope.trial()
        value = evaluate(arg, trial)
        if not trial.findings:
            return True if call.name == "can" else value
    if call.name == "can":
        return False
    detail = 'Call to function "try" failed: no expression succeeded.'
    scope.report(call.head, "Error in function call", detail)
    return UNKNOWN
