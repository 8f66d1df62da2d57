"""Number functions."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, DecimalException
from functools import partial

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value

_MAX_RANGE = 1024
"""HashiCorp's library makes no longer range."""


def _log(number: Decimal, base: Decimal) -> Value:
    try:
        return Decimal(str(math.log(number, base)))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise FunctionError(f"no logarithm of {number} to base {base}") from error


def _pow(number: Decimal, power: Decimal) -> Value:
    try:
        return Decimal(str(math.pow(number, power)))
    except (ValueError, OverflowError) as error:
        raise FunctionError("the result is out of range") from error


def _parse_int(text: Value, base: Decimal) -> Value:
    if not 2 <= base <= 62:
        raise FunctionError("base must be a whole number between 2 and 62 inclusive")
    try:
        return Decimal(int(str(text), int(base))) if base <= 36 else Decimal(int(str(text)))
    except ValueError:
        raise FunctionError(f'cannot parse "{text}" as a base {base} integer') from None


def _range(*args: Decimal) -> Value:
    if not 1 <= len(args) <= 3:
        raise FunctionError("must have one, two, or three arguments")
    start, end = (Decimal(0), args[0]) if len(args) == 1 else args[:2]
    step = args[2] if len(args) == 3 else Decimal(1 if start <= end else -1)
    if step == 0 or (end - start) * step < 0:
        raise FunctionError("step must lead from the start to the limit")
    count = math.ceil((end - start) / step)
    if count > _MAX_RANGE:
        raise FunctionError("more than 1024 values were generated; either decrease the difference or use a larger step")
    return tuple(start + step * index for index in range(count))


def _max(*numbers: Decimal) -> Value:
    return max(numbers)


def _min(*numbers: Decimal) -> Value:
    return min(numbers)


def _sign(number: Decimal) -> Value:
    return Decimal((number > 0) - (number < 0))


def _whole(rounding: str, number: Decimal) -> Value:
    try:
        return number.to_integral_value(rounding)
    except DecimalException as error:
        raise FunctionError("the number is out of range") from error


NUMBER_FUNCTIONS: dict[str, Function] = {
    "abs": function(Decimal.copy_abs, "num: number"),
    "ceil": function(partial(_whole, ROUND_CEILING), "num: number"),
    "floor": function(partial(_whole, ROUND_FLOOR), "num: number"),
    "log": function(_log, "num: number", "base: number"),
    "max": function(_max, "number: number", rest="numbers: number"),
    "min": function(_min, "number: number", rest="numbers: number"),
    "parseint": function(_parse_int, "number: any", "base: number"),
    "pow": function(_pow, "num: number", "power: number"),
    "range": function(_range, rest="params: number"),
    "signum": function(_sign, "num: number"),
}
