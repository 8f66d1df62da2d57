"""Wraps each node of a graph: its progress reaches the listeners at once, and a misspelt update key is an error.

LangGraph's own "custom" stream would run every node in a second thread, where Ctrl-C has to wait for the node to end;
and it drops unknown keys of an update without a word.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import wraps
from typing import Any

from langgraph.errors import GraphBubbleUp
from langgraph.graph import StateGraph
from langgraph.runtime import Runtime
from pydantic import BaseModel

from muster.core.observability.tracing import Span, span
from muster.core.runs.events import RunEvent
from muster.core.runs.listening import Happening, NodeStarted, Progress

Tell = Callable[[Happening], None]


def watch_nodes(graph: StateGraph[Any, Any, Any, Any], state: type[BaseModel], tell: Tell) -> None:
    """Wrap every node of a graph that is not compiled yet."""
    for name, spec in graph.nodes.items():
        runnable: Any = copy(spec.runnable)
        runnable.func = _watched(name, runnable.func, frozenset(state.model_fields), tell)
        graph.nodes[name] = replace(spec, runnable=runnable)


def _watched(name: str, node: Callable[..., Any], keys: frozenset[str], tell: Tell) -> Callable[..., Any]:
    @wraps(node)
    def watched(state: Any, **injected: Any) -> Any:
        if "runtime" in injected:
            runtime: Runtime[Any] = injected["runtime"]
            injected["runtime"] = runtime.override(stream_writer=lambda payload: tell(Progress(name, payload)))
        with span(name, input=state) as current:
            tell(NodeStarted(name))  # within, so that the log knows which span is the step's
            update = _until_asked(current, lambda: _checked(name, node(state, **injected), keys))
        if isinstance(update, GraphBubbleUp):
            raise update
        return update

    return watched


def _until_asked(current: Span, work: Callable[[], Any]) -> Any:
    """The node's update; a question is no failure of its span, and given back to be raised outside of it."""
    try:
        update = work()
    except GraphBubbleUp as question:
        current.output("asked")
        return question
    current.output(update)
    for failure in _failures(update):
        current.warn(failure)
    return update


def _failures(update: Any) -> list[str]:
    events: list[RunEvent] = update.get("events") or [] if written_keys(update) else []
    return [event.text for event in events if event.kind == "failed"]


def written_keys(update: Any) -> frozenset[str]:
    """The state's keys that a node's return value writes."""
    return frozenset(update) if isinstance(update, dict) else frozenset()  # pyright: ignore[reportUnknownArgumentType]  # isinstance can't narrow further


def _checked(name: str, update: Any, keys: frozenset[str]) -> Any:
    if unknown := sorted(written_keys(update) - keys):
        raise TypeError(f"node {name} returned keys that its state does not have: {', '.join(unknown)}")
    return update
