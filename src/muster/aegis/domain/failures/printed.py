"""Numbers as trainers print them, for logs without an event log: a NaN run says nothing else."""

import re
from datetime import UTC, datetime

from pydantic import ValidationError

from muster.aegis.domain.workload import Metric

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
_NOBODY_SAYS_WHEN = datetime.fromtimestamp(0, UTC)


def read_metrics(log: str) -> tuple[Metric, ...]:
    """The lines of `metrics.jsonl` that a log holds."""
    return tuple(metric for line in log.splitlines() if (metric := _metric(line)))


def read_printed(log: str) -> tuple[Metric, ...]:
    """Every loss that a trainer prints, as reports."""
    return tuple(_report(number, one) for number, one in enumerate(_LINE.finditer(log), 1))


def _metric(line: str) -> Metric | None:
    if not (line.startswith("{") and '"step"' in line):
        return None
    try:
        return Metric.model_validate_json(line)
    except ValidationError:
        return None


def _report(number: int, one: re.Match[str]) -> Metric:
    loss, gradient = _number(one["loss"]), _number(one["grad"])
    finite = not (_not_finite(one["loss"]) or _not_finite(one["grad"]))
    return Metric(at=_NOBODY_SAYS_WHEN, step=number, loss=loss, grad_norm=gradient, finite=finite)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None or _not_finite(text) else float(text)
    except ValueError:
        return None


def find_printed_not_finite(log: str) -> str:
    """Says that the last losses or gradients that a log prints are not finite; empty: they are, or there are none.

    A loss that is not finite, or is 0 beside such a gradient, is one at once; a gradient alone may be a skipped step.
    """
    found = [*_LINE.finditer(log)] or [*_TUPLE.finditer(log)]
    last = found[-LAST:]
    if last and (_broken(last[-1]) or all(_not_finite(one["loss"]) or _not_finite(one["grad"]) for one in last)):
        return last[-1].group(0)
    return ""


def find_loss_of_nothing(log: str) -> str:
    """Says that the last loss is the mean of no label: not finite, and its gradient is 0; empty: it is not."""
    last = next(iter([*_LINE.finditer(log)][-1:]), None)
    return last.group(0) if last and _not_finite(last["loss"]) and _zero(last["grad"]) else ""


def _broken(one: re.Match[str]) -> bool:
    return _not_finite(one["loss"]) or (_zero(one["loss"]) and _not_finite(one["grad"]))


def _zero(text: str | None) -> bool:
    return bool(text) and re.fullmatch(r"0+(?:\.0*)?", text) is not None


def _not_finite(text: str | None) -> bool:
    return bool(text) and text.lower().lstrip("-").startswith(("nan", "inf"))
