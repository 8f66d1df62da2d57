"""The configuration before the questions: each value that the job is made from, who says so and how surely."""

from collections.abc import Iterator

from muster.nomad.domain.analysis_table import AnalysisRow, analysis_table
from muster.nomad.domain.env.cells import Suggestion
from muster.nomad.domain.env_table import is_asked
from muster.nomad.domain.profile import Analysis

_WIDEST = 48
_NO_VALUE = ("sign", "framework", "dependency", "language", "base image", "problem")
"""What only led to values."""


def configuration_table(analysis: Analysis) -> str:
    """Columns of plain text: what, its value, its source, how sure that is, and where it stands."""
    cells = [("what", "value", "source", "sure", "where"), *(_cells(row) for row in _values(analysis))]
    widths = [min(max(len(row[column]) for row in cells), _WIDEST) for column in range(4)]
    return "\n".join(_line(row, widths) for row in cells)


def open_variables(analysis: Analysis) -> tuple[str, ...]:
    """The variables of the environment that nobody gives a value yet, `service.NAME`."""
    return tuple(
        f"{service.name}.{entry.name}"
        for service in analysis.services
        for entry in service.env
        if entry.source == "unknown" and is_asked(service, entry)
    )


def answered_variables(analysis: Analysis) -> str:
    """How sure each answered variable of the environment is, a line each, and whether its place was found.

    Values are left out: what was answered may be private.
    """
    return "\n".join(
        f"{service.name}.{entry.name}  {entry.confidence:.0%}  {entry.note}"
        for service in analysis.services
        for entry in service.env
        if entry.note
    )


def _values(analysis: Analysis) -> Iterator[AnalysisRow]:
    """The rows of the analysis that are values; of the environment what the job sets, or should."""
    entries = {(one.name, f"env {entry.name}"): (one, entry) for one in analysis.services for entry in one.env}
    for row in analysis_table(analysis):
        found = entries.get((row.service, row.field))
        if not row.source or row.field in _NO_VALUE or row.field.startswith("conflict: "):
            continue
        if found is None:
            yield row
        elif is_asked(*found):
            yield _open(row, found[1].suggestion) if found[1].source == "unknown" else row


def _open(row: AnalysisRow, suggestion: Suggestion | None) -> AnalysisRow:
    """A variable that nobody sets, with what it could be."""
    if suggestion is None:
        return row.model_copy(update={"source": "unknown", "confidence": 0.0})
    offered = {"value": suggestion.cell.text, "source": "suggested", "confidence": suggestion.confidence}
    return row.model_copy(update=offered)


def _cells(row: AnalysisRow) -> tuple[str, str, str, str, str]:
    name = f"{row.service}.{row.field}" if row.service else row.field
    return name, " ".join(row.value.split()), row.source, f"{row.confidence:.0%}" if row.confidence else "", row.where


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """One line; what is wider than its column is cut with an ellipsis, the last column never is."""
    cut = [text if len(text) <= width else f"{text[: width - 1]}…" for text, width in zip(cells, widths, strict=False)]
    return "  ".join([*(text.ljust(width) for text, width in zip(cut, widths, strict=True)), cells[-1]]).rstrip()
