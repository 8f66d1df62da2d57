"""Numbers as trainers print them, for logs without an event log: a NaN run says nothing else."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import ValidationError

from muster.aegis.domain.workload import Metric

_NUMBER = r"['\"]?(?P<{name}>-?(?:(?:nan|inf(?:inity)?)(?![a-z])|[\d.]+(?:e[-+]?\d+)?))['\"]?"
_ELSEWHERE = ("eval", "val", "valid", "validation", "test", "dev", "best", "min", "aux")
"""Before `loss`: it is not that of the rows that are learnt."""
_LOSS = re.compile(
    rf"(?<![a-z_]){''.join(f'(?<!{word}[ /])' for word in _ELSEWHERE)}(?!(?:{'|'.join(_ELSEWHERE)})_)"
    r"(?P<name>(?:[a-z]+_){0,3})loss['\"]?(?P<sign>\s{0,8}[:=]\s{0,8}|[ \t]{1,8})" + _NUMBER.format(name="loss"),
    re.IGNORECASE,
)
_GRADIENT = re.compile(
    rf"(?<![a-z])grad(?:ient)?[_ ]norm['\"]?(?:\s{{0,8}}[:=]\s{{0,8}}|[ \t]{{1,8}}){_NUMBER.format(name='grad')}",
    re.IGNORECASE,
)
_ENDS_NUMBER = re.compile(
    r"\s{0,8}(?:$|[|,;/()\[\]{}])|\s{1,8}[\w/%]{1,40}[ =:]{1,3}-?(?:[\d.]|(?:nan|inf)\b)", re.IGNORECASE
)
"""What follows a number without a sign before it: no sentence goes on there."""
_DIGIT = re.compile(r"\d")
_TUPLE = re.compile(
    r"\(\d+, " + _NUMBER.format(name="loss") + ", " + _NUMBER.format(name="grad") + r"\)", re.IGNORECASE
)
LAST = 3
_NOBODY_SAYS_WHEN = datetime.fromtimestamp(0, UTC)


class Printed(NamedTuple):
    """A loss as it stands in a log, and the gradient's norm beside it; empty: there is none."""

    text: str
    loss: str
    grad: str = ""


def find_losses(log: str) -> Iterator[Printed]:
    """The losses that a trainer prints of the rows that are learnt; of several names in a line, one is taken."""
    for line in log.splitlines():
        found = [one for one in _LOSS.finditer(line) if _is_of_a_step(one)]
        if not found or "_runtime" in line:  # the summary of a whole training
            continue
        name = min((one["name"] for one in found), key=len)
        ones = [one for one in found if one["name"] == name]
        ends = [*(one.start() for one in ones[1:]), len(line)]
        for number, (one, end) in enumerate(zip(ones, ends, strict=True)):
            gradient = _GRADIENT.search(line, one.start() if number else 0, end)
            text = line[one.start() : max(one.end(), gradient.end() if gradient else 0)]
            yield Printed(text, one["loss"], gradient["grad"] if gradient else "")


def _is_of_a_step(one: re.Match[str]) -> bool:
    """Whether numbers of a step stand beside it: `loss 1.2` may be words of a sentence, `train_loss` a summary."""
    before, after = one.string[: one.start()], one.string[one.end() :]
    if not one["sign"].strip():
        return bool(_DIGIT.search(before) and _ENDS_NUMBER.match(after))
    return not one["name"] or bool(_DIGIT.search(before) or _DIGIT.search(after))


def read_metrics(log: str) -> tuple[Metric, ...]:
    """The lines of `metrics.jsonl` that a log holds."""
    return tuple(metric for line in log.splitlines() if (metric := _metric(line)))


def read_printed(log: str) -> tuple[Metric, ...]:
    """Every loss that a trainer prints, as reports."""
    return tuple(_report(number, one) for number, one in enumerate(find_losses(log), 1))


def _metric(line: str) -> Metric | None:
    if not (line.startswith("{") and '"step"' in line):
        return None
    try:
        return Metric.model_validate_json(line)
    except ValidationError:
        return None


def _report(number: int, one: Printed) -> Metric:
    loss, gradient = _number(one.loss), _number(one.grad)
    finite = not (_not_finite(one.loss) or _not_finite(one.grad))
    return Metric(at=_NOBODY_SAYS_WHEN, step=number, loss=loss, grad_norm=gradient, finite=finite)


def _number(text: str) -> float | None:
    try:
        return None if _not_finite(text) else float(text)
    except ValueError:
        return None


def find_printed_not_finite(log: str) -> str:
    """Says that the last losses or gradients that a log prints are not finite; empty: they are, or there are none.

    A loss that is not finite, or is 0 beside such a gradient, is one at once; a gradient alone may be a skipped step.
    """
    found = [*find_losses(log)] or [Printed(one[0], one["loss"], one["grad"]) for one in _TUPLE.finditer(log)]
    last = found[-LAST:]
    if last and (_broken(last[-1]) or all(_not_finite(one.loss) or _not_finite(one.grad) for one in last)):
        return last[-1].text
    return ""


def find_loss_of_nothing(log: str) -> str:
    """Says that the last loss is the mean of no label: not finite, and its gradient is 0; empty: it is not."""
    last = next(iter([*find_losses(log)][-1:]), None)
    return last.text if last and _not_finite(last.loss) and _zero(last.grad) else ""


def _broken(one: Printed) -> bool:
    return _not_finite(one.loss) or (_zero(one.loss) and _not_finite(one.grad))


def _zero(text: str) -> bool:
    return re.fullmatch(r"0+(?:\.0*)?", text) is not None


def _not_finite(text: str) -> bool:
    return text.lower().lstrip("-").startswith(("nan", "inf"))
