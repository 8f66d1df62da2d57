"""Durations as Go writes them: `1h30m`, `500ms`; in nanoseconds."""

import re
from decimal import Decimal

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)", re.ASCII)
_LIMIT = 2**63 - 1


class DurationError(Exception):
    """Not a duration; the text is Go's, e.g. `time: invalid duration "ten seconds"`."""


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration such as `1h30m`. Raises DurationError in Go's words."""
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total, at = Decimal(0), 0
    while at < len(rest) and (match := _PART.match(rest, at)):
        total += Decimal(match[1]) * _unit(match[2], text)
        at = match.end()
    if at < len(rest) or not rest or total > _LIMIT:
        raise DurationError(f'time: invalid duration "{text}"')
    return sign * int(total)


def _unit(name: str, text: str) -> int:
    if not name:
        raise DurationError(f'time: missing unit in duration "{text}"')
    if name not in _UNITS:
        raise DurationError(f'time: unknown unit "{name}" in duration "{text}"')
    return _UNITS[name]


def render_duration(nanoseconds: int) -> str:
    """The shortest plain form that reads back equal: `90s` is `1m30s`, `10s`, `500ms`."""
    if nanoseconds == 0:
        return "0s"
    sign, rest, parts = "-" if nanoseconds < 0 else "", abs(nanoseconds), list[str]()
    for unit in ("h", "m", "s", "ms", "us", "ns"):
        count, rest = divmod(rest, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + "".join(parts)
