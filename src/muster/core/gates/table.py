"""Edits and draws a table question: one typed line changes one row, a confirmed table takes what it suggests. Pure."""

from rich.table import Table
from rich.text import Text

from muster.core.console import visible
from muster.core.gates.questions import Row, RowSource, TableQuestion
from muster.core.gates.validate import Accepted, Rejected, check_answer, check_cell, unknown_name


def change_row(question: TableQuestion, line: str) -> TableQuestion | Rejected:
    """The question with one row's value changed by `NAME=value` or `3=value`, or why the line changes none.

    An empty value makes the row unset again.
    """
    name, equals, value = line.partition("=")
    if not equals:
        return Rejected("is changed by NAME=value, walked through by edit, and confirmed by Enter alone")
    index = find_row(question, name.strip())
    return index if isinstance(index, Rejected) else set_row(question, index, value)


def set_row(question: TableQuestion, index: int, text: str) -> TableQuestion | Rejected:
    """The question with that row's value, or why the row takes no such value."""
    rows = list(question.rows)
    checked = check_cell(rows[index], text.strip() or None)
    if isinstance(checked, Rejected):
        return Rejected(f"row {rows[index].key} {checked.problem}")
    confidence = None if checked is None else 1.0
    changes = {"value": checked, "suggestion": None, "confidence": confidence, "reason": "set here", "where": ""}
    rows[index] = rows[index].model_copy(update=changes)
    return question.model_copy(update={"rows": rows})


def find_row(question: TableQuestion, name: str) -> int | Rejected:
    """The row of that key or number; `NAME` is enough for `service.NAME` where only one can be meant."""
    keys = [row.key for row in question.rows]
    ending = [key for key in keys if key.endswith(f".{name}")]
    if name in keys or len(ending) == 1:
        return keys.index(name if name in keys else ending[0])
    if name.isdecimal() and 1 <= int(name) <= len(keys):
        return int(name) - 1
    return Rejected(f"has no such row: {unknown_name(name, keys, 'row')}")


def confirm_table(question: TableQuestion) -> Accepted | Rejected:
    """The answer of a person who takes the table as it is shown, with all that it suggests."""
    return check_answer(question, {row.key: row.shown for row in question.rows if row.shown is not None})


def without_prefix(row: Row, source: RowSource) -> str:
    """What stands behind the source's prefix in the row now; empty where the row is of another source."""
    return (row.shown or "").removeprefix(source.prefix) if row.source == source else ""


def draw_table(question: TableQuestion) -> Table:
    """Number, name, value and where the value comes from; where rows have sources also which one, and how sure."""
    sourced = any(row.sources for row in question.rows)
    names = ("#", "name", "source", "value or place", "sure", "why") if sourced else ("#", "name", "value", "why")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for column in table.columns[1:]:
        column.overflow = "fold"
    for number, row in enumerate(question.rows, start=1):
        why = Text(visible(" ".join(filter(None, (row.reason, f"({row.where})" if row.where else "")))), style="dim")
        cells = (_source(row), _value(row), _sure(row)) if sourced else (_value(row),)
        table.add_row(str(number), Text(visible(row.key)), *cells, why)
    return table


def _source(row: Row) -> Text:
    return Text(row.source.name) if row.source else Text("unknown", style="dim" if row.optional else "red")


def _sure(row: Row) -> Text:
    return Text("" if row.confidence is None or row.shown is None else f"{row.confidence:.0%}")


def _value(row: Row) -> Text:
    if row.value is not None:
        return Text(visible(row.value))
    if row.suggestion is not None:
        return Text(f"{visible(row.suggestion)} (suggested)", style="italic")
    return Text("(not set)", style="dim") if row.optional else Text("(needs a value)", style="red")
