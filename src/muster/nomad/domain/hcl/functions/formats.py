"""`format` and `formatlist`: Go's verbs on HCL's values."""

import json
import re
from decimal import Decimal

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import NUMBER, STRING, ConversionError, Value, convert, to_json

_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d{0,3})(?:\.(?P<precision>\d{0,3}))?(?P<verb>[a-zA-Z%])")


def _format(pattern: str, *args: Value) -> Value:
    rest = list(args)

    def put(match: re.Match[str]) -> str:
        if match["verb"] == "%":
            return "%"
        if not rest:
            raise FunctionError(f"not enough arguments for {match.group()!r}")
        return _verb(match, rest.pop(0))

    text = _VERB.sub(put, pattern)
    if rest:
        raise FunctionError(f"too many arguments; only {len(args) - len(rest)} used by format string")
    return text


def _verb(match: re.Match[str], value: Value) -> str:
    try:
        text = _text(match, value)
    except ConversionError as error:
        raise FunctionError(f"unsupported value for {match.group()!r}: {error}") from error
    width = int(match["width"] or 0)
    if "-" in match["flags"]:
        return text.ljust(width)
    return text.zfill(width) if "0" in match["flags"] else text.rjust(width)


def _text(match: re.Match[str], value: Value) -> str:
    verb, precision = match["verb"], match["precision"]
    if verb == "v":
        return str(convert(value, STRING)) if not isinstance(value, (tuple, dict)) else json.dumps(to_json(value))
    if verb in "sq":
        text = str(convert(value, STRING))
        text = text[: int(precision)] if precision else text
        return json.dumps(text, ensure_ascii=False) if verb == "q" else text
    if verb == "t":
        return str(convert(value, STRING))
    number = convert(value, NUMBER)
    if not isinstance(number, Decimal) or verb not in "dboxXeEfFgG":
        raise FunctionError(f"unsupported format verb {verb!r}")
    sign = "+" if "+" in match["flags"] and number >= 0 else ""
    if verb in "dboxX":
        return sign + format(int(number), verb)
    digits = f".{precision or 6}" if verb not in "gG" or precision else ""
    return sign + format(float(number), f"{digits}{verb}")


def _format_list(pattern: str, *args: Value) -> Value:
    lengths = {len(arg) for arg in args if isinstance(arg, tuple)}
    if len(lengths) > 1:
        raise FunctionError("all list arguments must have the same length")
    rows = range(lengths.pop() if lengths else 1)
    return tuple(_format(pattern, *(arg[row] if isinstance(arg, tuple) else arg for arg in args)) for row in rows)


FORMAT_FUNCTIONS: dict[str, Function] = {
    "format": function(_format, "format: string", rest="args: any?"),
    "formatlist": function(_format_list, "format: string", rest="args: any?"),
}
