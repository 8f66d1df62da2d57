"""A run's checkpoints: LangGraph's SQLite saver in the run's folder, and what it says about pending nodes.

The top `__init__` switches LangGraph to strict msgpack: only types that the state schema reaches are loaded.
"""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver

from muster.core.errors import RunStateError

# LangGraph keeps the name of a node that is due in a channel of this name (seen in 1.2.22).
_DUE = "branch:to:"


@contextmanager
def open_checkpoints(path: Path) -> Generator[SqliteSaver]:
    """The saver over one database file. Raises RunStateError when the file is no database."""
    saver = _open(path)
    with closing(saver.conn):
        yield saver


def _open(path: Path) -> SqliteSaver:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
        saver = SqliteSaver(connection)
        saver.setup()
    except sqlite3.DatabaseError as error:
        if connection:
            connection.close()
        raise RunStateError(
            f"the checkpoints of run {path.parent.name} can't be read: {error}",
            advice="The report and the journal in the run's folder are still good; start a new run.",
        ) from error
    return saver


def thread(run_id: str) -> RunnableConfig:
    """What LangGraph finds a run's checkpoints by."""
    return {"configurable": {"thread_id": run_id}}


def has_checkpoint(saver: BaseCheckpointSaver[str], run_id: str) -> bool:
    """Whether the run was ever started."""
    return saver.get_tuple(thread(run_id)) is not None


def due_nodes(saver: BaseCheckpointSaver[str], run_id: str) -> frozenset[str]:
    """The nodes that the last checkpoint wants to run next, whether or not the graph still has them."""
    saved = saver.get_tuple(thread(run_id))
    values = saved.checkpoint["channel_values"] if saved else {}
    return frozenset(name.removeprefix(_DUE) for name in values if name.startswith(_DUE))
