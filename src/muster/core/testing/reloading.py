"""Puts a state through a real checkpoint, to see what comes back: what doesn't survive breaks a resumed run."""

from typing import Any, TypeVar

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from muster.core.runs.checkpoints import thread

StateT = TypeVar("StateT", bound=BaseModel)


def reloaded(state: StateT) -> StateT:
    """The state as a resumed run would find it, from SQLite with strict msgpack."""
    with SqliteSaver.from_conn_string(":memory:") as saver:
        _graph(type(state), saver).invoke(state, thread("reloaded"), durability="sync")
        values = _graph(type(state), saver).get_state(thread("reloaded")).values
    return type(state).model_validate(values)


def _graph(kind: type[BaseModel], saver: BaseCheckpointSaver[str]) -> Any:
    graph: Any = StateGraph(kind)
    graph.add_node("rest", _rest)
    graph.add_edge(START, "rest")
    graph.add_edge("rest", END)
    return graph.compile(checkpointer=saver)


def _rest(state: Any) -> dict[str, Any]:
    return {}
