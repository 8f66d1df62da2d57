"""Durations as Go, Docker and compose write them: `10s`, `1m30s`, `500ms`."""

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST_TEXT = 40


def parse_duration(text: str) -> float | None:
    """Seconds, or None for what is no duration. `0` is zero; other bare numbers have no unit and are none."""
    text = text.strip()
    if text == "0":
        return 0.0
    parts = _PART.findall(text) if len(text) <= _LONGEST_TEXT else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return round(sum(float(number) * _SECONDS[unit] for number, unit in parts), 9)
