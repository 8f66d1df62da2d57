"""Edits and draws a table question: one typed line changes one row. Pure."""

from rich.table import Table
from rich.text import Text

from muster.core.console import visible
from muster.core.gates.questions import Row, TableQuestion
from muster.core.gates.validate import Rejected, check_cell, unknown_name


def change_row(question: TableQuestion, line: str) -> TableQuestion | Rejected:
    """The question with one row's value changed by `NAME=value` or `3=value`, or why the line changes none.

    An empty value makes the row unset again.
    """
    name, equals, value = line.partition("=")
    index = _find(question, name.strip())
    if not equals:
        return Rejected("is changed by NAME=value, and accepted by Enter alone")
    if index is None:
        return Rejected(f"has no such row: {unknown_name(name.strip(), [row.key for row in question.rows], 'row')}")
    rows = list(question.rows)
    checked = check_cell(rows[index], value.strip() or None)
    if isinstance(checked, Rejected):
        return Rejected(f"row {rows[index].key} {checked.problem}")
    rows[index] = rows[index].model_copy(update={"value": checked, "reason": "set here", "where": ""})
    return question.model_copy(update={"rows": rows})


def draw_table(question: TableQuestion) -> Table:
    """Number, name, value and where the value comes from."""
    table = Table("#", "name", "value", "why", box=None, padding=(0, 2, 0, 0))
    for number, row in enumerate(question.rows, start=1):
        why = " ".join(filter(None, (row.reason, f"({row.where})" if row.where else "")))
        table.add_row(str(number), Text(visible(row.key)), _value(row), Text(visible(why), style="dim"))
    return table


def _value(row: Row) -> Text:
    if row.value is not None:
        return Text(visible(row.value))
    return Text("(not set)", style="dim") if row.optional else Text("(needs a value)", style="red")


def _find(question: TableQuestion, name: str) -> int | None:
    keys = [row.key for row in question.rows]
    ending = [key for key in keys if key.endswith(f".{name}")]
    if name in keys or len(ending) == 1:  # `NAME` for `service.NAME` where only one can be meant
        return keys.index(name if name in keys else ending[0])
    if name.isdecimal() and 1 <= int(name) <= len(keys):
        return int(name) - 1
    return None
