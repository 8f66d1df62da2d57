"""The configuration before the questions: each value that the job is made from, who says so and how surely."""

from collections.abc import Iterator

from muster.nomad.domain.analysis_table import AnalysisRow, analysis_table
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


def open_variables(analysis: Analysis) -> int:
    """How many variables of the environment nobody gives a value yet."""
    return sum(
        entry.source == "unknown" and is_asked(service, entry) for service in analysis.services for entry in service.env
    )


def _values(analysis: Analysis) -> Iterator[AnalysisRow]:
    """The rows of the analysis that are values, of the environment only what the job sets."""
    unset = {
        (service.name, f"env {entry.name}")
        for service in analysis.services
        for entry in service.env
        if not is_asked(service, entry)
    }
    for row in analysis_table(analysis):
        led_to = row.field in _NO_VALUE or row.field.startswith("conflict: ")
        if not led_to and row.source and (row.service, row.field) not in unset:
            yield row.model_copy(update={"value": _with_suggestion(analysis, row)})


def _with_suggestion(analysis: Analysis, row: AnalysisRow) -> str:
    service, name = analysis.service(row.service), row.field.removeprefix("env ")
    found = next((one.suggestion for one in service.env if one.name == name), None) if service else None
    if found is None or not row.field.startswith("env "):
        return row.value
    return f"{row.value}; suggested: {found.cell.text} ({found.confidence:.0%})"


def _cells(row: AnalysisRow) -> tuple[str, str, str, str, str]:
    name = f"{row.service}.{row.field}" if row.service else row.field
    return name, " ".join(row.value.split()), row.source, f"{row.confidence:.0%}", row.where


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """One line; what is wider than its column is cut with an ellipsis, the last column never is."""
    cut = [text if len(text) <= width else f"{text[: width - 1]}…" for text, width in zip(cells, widths, strict=False)]
    return "  ".join([*(text.ljust(width) for text, width in zip(cut, widths, strict=True)), cells[-1]]).rstrip()
