"""Numbers as trainers print them, for logs without an event log: a NaN run says nothing else."""

import re

_NUMBER = r"['\"]?(?P<{name}>-?(?:nan|inf(?:inity)?|[\d.]+(?:e[-+]?\d+)?))['\"]?"
_LINE = re.compile(
    r"(?:['\"]?(?<![a-z_])loss['\"]?\s*[:=]\s*" + _NUMBER.format(name="loss") + r")"
    r"(?:[^\n]{0,40}?grad_norm['\"]?\s*[:=]\s*" + _NUMBER.format(name="grad") + r")?",
    re.IGNORECASE,
)
_TUPLE = re.compile(
    r"\(\d+, " + _NUMBER.format(name="loss") + ", " + _NUMBER.format(name="grad") + r"\)", re.IGNORECASE
)
LAST = 3


def find_printed_not_finite(log: str) -> str:
    """Says that the last losses or gradients that a log prints are not finite; empty: they are, or there are none."""
    found = [*_LINE.finditer(log)] or [*_TUPLE.finditer(log)]
    last = found[-LAST:]
    if last and all(_not_finite(one["loss"]) or _not_finite(one["grad"]) for one in last):
        return last[-1].group(0)
    return ""


def _not_finite(text: str | None) -> bool:
    return bool(text) and text.lower().lstrip("-").startswith(("nan", "inf"))
