"""The board: tasks as a table that fills, and what came of them in a few lines."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from muster.core.console import visible
from muster.threads.common.contracts import TaskView
from muster.threads.common.states import ENDED, TaskState

_COLOURS: dict[TaskState, str] = {
    "published": "green", "blocked": "red", "failed": "red", "duplicate": "yellow", "unknown": "magenta",
    "rejected": "yellow", "cancelled": "dim",
}  # fmt: skip
_WIDEST = 160
_SHORT = 8
"""Digits of a task's id: enough to tell those of one board apart."""


def render_board(tasks: Sequence[TaskView], width: int) -> Table:
    """One line a task, the oldest first, in so many columns at most; the texts take what the others leave."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, width=min(width, _WIDEST))
    for name in ("task", "persona", "state"):
        table.add_column(name, no_wrap=True)
    table.add_column("text", ratio=1, no_wrap=True, overflow="ellipsis")
    for name in ("post", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for task in sorted(tasks, key=lambda one: one.created_at):
        table.add_row(*_cells(task))
    return table


def _cells(task: TaskView) -> tuple[Text, ...]:
    words = task.text or f"({task.topic or task.pain_statement or task.trend_snippet})"
    told = f"{task.reason}: {words}" if task.reason and task.state != "published" else words
    return (
        Text(str(task.id)[:_SHORT]),
        Text(visible(task.persona_id)),
        Text(task.state, style=_COLOURS.get(task.state, "cyan")),
        Text(visible(" ".join(told.split()))),
        Text("" if task.post_id is None else str(task.post_id)),
        Text(dollars(task.cost_usd) if task.text else ""),
    )


def dollars(cost_usd: float | None) -> str:
    """Short; a cost that nobody knows is a question mark."""
    return "?" if cost_usd is None else "$0" if not cost_usd else f"${cost_usd:.4f}"


def is_settled(task: TaskView) -> bool:
    """Whether nothing more happens to it by itself for now."""
    return task.state in ENDED or task.waits_for in ("approval", "time", "lookup", "person")


def summary(tasks: Sequence[TaskView]) -> str:
    """`8 published once each, 1 blocked`: as many media as published tasks, or it says so."""
    counts = Counter(task.state for task in tasks)
    media = {task.media_id for task in tasks if task.media_id}
    told = {state: f"{count} {state}" for state, count in sorted(counts.items(), key=lambda one: -one[1])}
    if counts["published"]:
        once = len(media) == counts["published"]
        told["published"] += " once each" if once else f" as {len(media)} posts"
    return ", ".join(told.values()) or "nothing was asked"
