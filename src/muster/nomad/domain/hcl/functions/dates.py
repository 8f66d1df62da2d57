"""`formatdate` and `timeadd`, on RFC 3339 texts."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from muster.nomad.domain.hcl.durations import DurationError, parse_duration
from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value

_VERBS: Mapping[str, Callable[[datetime], str]] = {
    "YYYY": lambda at: f"{at.year:04}",
    "YY": lambda at: f"{at.year % 100:02}",
    "MMMM": lambda at: at.strftime("%B"),
    "MMM": lambda at: at.strftime("%b"),
    "MM": lambda at: f"{at.month:02}",
    "M": lambda at: f"{at.month}",
    "DD": lambda at: f"{at.day:02}",
    "D": lambda at: f"{at.day}",
    "EEEE": lambda at: at.strftime("%A"),
    "EEE": lambda at: at.strftime("%a"),
    "hh": lambda at: f"{at.hour:02}",
    "h": lambda at: f"{at.hour}",
    "HH": lambda at: f"{(at.hour - 1) % 12 + 1:02}",
    "H": lambda at: f"{(at.hour - 1) % 12 + 1}",
    "AA": lambda at: "AM" if at.hour < 12 else "PM",
    "aa": lambda at: "am" if at.hour < 12 else "pm",
    "mm": lambda at: f"{at.minute:02}",
    "m": lambda at: f"{at.minute}",
    "ss": lambda at: f"{at.second:02}",
    "s": lambda at: f"{at.second}",
    "ZZZZZ": lambda at: _offset(at, ":"),
    "ZZZZ": lambda at: _offset(at, ""),
    "ZZZ": lambda at: "UTC" if not at.utcoffset() else _offset(at, ""),
    "Z": lambda at: "Z" if not at.utcoffset() else _offset(at, ":"),
}
_PIECE = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)")


def _offset(at: datetime, separator: str) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{separator}{abs(minutes) % 60:02}"


def _timestamp(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise FunctionError("not a valid RFC3339 timestamp") from error
    if at.tzinfo is None:
        raise FunctionError("not a valid RFC3339 timestamp: missing required time introducer or offset")
    return at


def _format_date(pattern: str, time: str) -> Value:
    at = _timestamp(time)

    def put(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[1].replace("''", "'")
        if match[2] not in _VERBS:
            raise FunctionError(f'invalid date format verb "{match[2]}"')
        return _VERBS[match[2]](at)

    return _PIECE.sub(put, pattern)


def _add(time: str, duration: str) -> Value:
    at = _timestamp(time)
    try:
        moved = at + timedelta(microseconds=parse_duration(duration) / 1000)
    except (DurationError, OverflowError) as error:
        raise FunctionError(str(error)) from error
    return moved.isoformat().replace("+00:00", "Z")


DATE_FUNCTIONS: dict[str, Function] = {
    "formatdate": function(_format_date, "format: string", "time: string"),
    "timeadd": function(_add, "timestamp: string", "duration: string"),
}
