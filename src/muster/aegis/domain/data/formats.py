"""Which format a file has, by the columns of its first rows, and which column is which."""

from collections.abc import Sequence
from difflib import get_close_matches

from pydantic import JsonValue

from muster.aegis.domain.data.records import Record
from muster.aegis.domain.preflight.problem import Problem, error
from muster.aegis.domain.spec import DataFormat, DataRef, Objective
from muster.aegis.domain.values import Part

LOOKED_AT = 200
"""Rows that a format is told by."""

NEEDS: dict[DataFormat, tuple[str, ...]] = {
    "preference": ("chosen", "rejected"),
    "messages": ("messages",),
    "sharegpt": ("conversations",),
    "alpaca": ("instruction", "output"),
    "prompt_completion": ("prompt", "completion"),
    "text": ("text",),
}
"""What each format can't do without, the most telling first: a preference has a prompt too."""

MAY: dict[DataFormat, tuple[str, ...]] = {"preference": ("prompt",), "alpaca": ("input", "system")}

_ALIKE: dict[str, tuple[str, ...]] = {
    "prompt": ("question", "query", "input", "user", "problem", "source", "context"),
    "completion": ("answer", "response", "output", "reply", "target", "solution", "label"),
    "messages": ("conversation", "dialog", "dialogue", "chat", "turns", "conversations"),
    "text": ("content", "body", "document", "raw"),
}
"""Names that people give to these columns: offered, never taken by themselves."""


class Layout(Part):
    """A format, and the column of the file for each of its names."""

    format: DataFormat
    columns: dict[str, str]

    def value(self, row: dict[str, JsonValue], name: str) -> JsonValue:
        """What the row has under one of our names."""
        return row.get(self.columns.get(name, name))


def find_layout(data: DataRef, sample: Sequence[Record], objective: Objective) -> Layout | Problem:
    """The format that was asked for, or the one that the columns tell; a problem where they tell none."""
    wrong = _wrong_names(data)
    if wrong:
        return wrong
    seen = _columns(sample)
    formats = _candidates(data)
    fitting: DataFormat | None = next((one for one in formats if _there(one, data.columns, seen)), None)
    if fitting is None:
        return _none_fits(data, formats, seen)
    return _suits(Layout(format=fitting, columns=_mapping(fitting, data.columns, seen)), objective, data)


def _candidates(data: DataRef) -> tuple[DataFormat, ...]:
    return (*NEEDS,) if data.format == "auto" else (data.format,)


def _there(format: DataFormat, columns: dict[str, str], seen: dict[str, int]) -> bool:
    return all(columns.get(name, name) in seen for name in NEEDS[format])


def _mapping(format: DataFormat, columns: dict[str, str], seen: dict[str, int]) -> dict[str, str]:
    names = (*NEEDS[format], *MAY.get(format, ()))
    return {name: columns.get(name, name) for name in names if columns.get(name, name) in seen}


def _columns(sample: Sequence[Record]) -> dict[str, int]:
    """How many rows have each column."""
    seen: dict[str, int] = {}
    for record in sample:
        for name in record.value if isinstance(record.value, dict) else ():
            seen[name] = seen.get(name, 0) + 1
    return seen


def _suits(layout: Layout, objective: Objective, data: DataRef) -> Layout | Problem:
    if (layout.format == "preference") == (objective == "dpo"):
        return layout
    wanted = "pairs of chosen and rejected answers" if objective == "dpo" else "one answer a row"
    return error(
        "dataset_columns",
        f"objective {objective} needs {wanted}, and {data.path} has the format {layout.format}",
        where="data.format",
        advice="set objective: dpo" if layout.format == "preference" else "set objective: sft, or give other data",
    )


def _wrong_names(data: DataRef) -> Problem | None:
    known = sorted({name for names in (*NEEDS.values(), *MAY.values()) for name in names})
    for name in data.columns:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            return error(
                "dataset_columns",
                f"data.columns names {name!r}, which is no column of ours",
                where=f"data.columns.{name}",
                advice=f"{hint}ours are {', '.join(known)}; the file's own names stand on the right",
            )
    return None


def _none_fits(data: DataRef, formats: tuple[DataFormat, ...], seen: dict[str, int]) -> Problem:
    found = ", ".join(sorted(seen, key=lambda name: (-seen[name], name))[:12]) or "no columns at all"
    needs = "; ".join(f"{one}: {' and '.join(data.columns.get(n, n) for n in NEEDS[one])}" for one in formats)
    return error(
        "dataset_columns",
        f"{data.path} has {found}; what is needed is {needs}",
        where="data.format" if len(formats) == 1 else "data.columns",
        advice=_offer(seen) or "map the columns by data.columns, such as {prompt: question, completion: answer}",
    )


def _offer(seen: dict[str, int]) -> str:
    lowered = {name.lower(): name for name in seen}
    guess = {ours: next((lowered[one] for one in alike if one in lowered), None) for ours, alike in _ALIKE.items()}
    for names in (("prompt", "completion"), ("messages",), ("text",)):
        if all(guess[name] or name in seen for name in names):
            pairs = ", ".join(f"{name}: {guess[name] or name}" for name in names)
            return f"these look alike: data.columns: {{{pairs}}}"
    return ""
