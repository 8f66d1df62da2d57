"""Counts the rows that are left out, by reason, with the first lines of each."""

from collections.abc import Sequence
from dataclasses import replace

from muster.aegis.domain.data.dropped import Drop
from muster.aegis.domain.data.private import Redact
from muster.aegis.domain.data.records import BREAKS_OFF
from muster.aegis.domain.data.report import Dropped
from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.preflight.problem import Problem, error, warning

MAX_SHARE = 0.05
"""Of the rows; when more are left out for one reason, somebody has to look at the file first."""

_SHOWN = 3
_ADVICE: dict[FailureKind, str] = {
    "dataset_encoding": "save the file as UTF-8: `iconv -f latin1 -t utf-8 FILE`, or repair these lines",
    "dataset_row": "repair or remove these rows",
    "dataset_all_masked": "give every row an answer of the assistant",
    "chat_template_role": "use system (first), then user and assistant by turns",
}


class DropCount:
    """What was left out so far."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self._seen: dict[Drop, Dropped] = {}

    def add(self, drop: Drop, line: int) -> None:
        """One row."""
        reason = replace(drop, detail="")
        before = self._seen.get(reason) or Dropped(reason=drop.reason, kind=drop.kind, count=0)
        examples = before.examples
        if len(examples) < _SHOWN:
            examples = (*examples, f"line {line}: {self._redact(drop.detail)}" if drop.detail else f"line {line}")
        self._seen[reason] = before.model_copy(update={"count": before.count + 1, "examples": examples})

    def told(self) -> tuple[Dropped, ...]:
        """The reasons, the most frequent first."""
        return tuple(sorted(self._seen.values(), key=lambda one: (-one.count, one.reason)))


def drop_problems(dropped: Sequence[Dropped], rows: int, path: str) -> list[Problem]:
    """A problem for every reason; an error where it takes a large share of the rows."""
    return [_problem(one, rows, path) for one in dropped]


def _problem(one: Dropped, rows: int, path: str) -> Problem:
    how = error if one.reason == BREAKS_OFF or one.count > MAX_SHARE * rows else warning
    lines = "; ".join(one.examples)
    text = f"{one.count} of {rows} rows are left out: {one.reason} ({lines}{' ...' if one.count > _SHOWN else ''})"
    where = f"{path}:{one.examples[0].removeprefix('line ').partition(':')[0]}"
    return how(one.kind, text, where=where, advice=_ADVICE.get(one.kind, ""))
