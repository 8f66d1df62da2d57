"""The table of contents: ingest -> hook_llm -> body_llm -> (condense)* -> guardrail -> format."""

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from muster.core.clock import Clock, SystemClock
from muster.threads.common.metrics import Phase, record_latency
from muster.threads.common.platform_text import compose, platform_problems
from muster.threads.persona_runtime import nodes
from muster.threads.persona_runtime.context import RunContext
from muster.threads.persona_runtime.state import RunState, Update

Graph = CompiledStateGraph[RunState, RunContext, RunState, RunState]
Node = Callable[[RunState, Runtime[RunContext]], Update]
_STEPS: tuple[tuple[str, Phase, Node], ...] = (
    ("ingest", "ingest", nodes.ingest),
    ("hook_llm", "hook", nodes.hook_llm),
    ("body_llm", "body", nodes.body_llm),
    ("condense", "condense", nodes.condense),
    ("guardrail", "guardrail", nodes.guardrail),
    ("format", "format", nodes.format_draft),
)


@cache
def build_graph() -> Graph:
    """Compiled once a process; it keeps nothing between runs."""
    builder: Any = StateGraph(RunState, context_schema=RunContext)
    for name, phase, node in _STEPS:
        builder.add_node(name, _timed(phase, node, SystemClock()))
    builder.add_edge(START, "ingest")
    builder.add_edge("ingest", "hook_llm")
    builder.add_edge("hook_llm", "body_llm")
    builder.add_conditional_edges("body_llm", after_words, ["condense", "guardrail"])
    builder.add_conditional_edges("condense", after_words, ["condense", "guardrail"])
    builder.add_edge("guardrail", "format")
    builder.add_edge("format", END)
    return builder.compile()


def after_words(state: RunState) -> Literal["condense", "guardrail"]:
    """Condense until the platform takes them, so often at most."""
    problems = platform_problems(compose(state.words.hook, state.words.body))
    return "condense" if problems and state.condensed < nodes.MOST_CONDENSED else "guardrail"


def _timed(phase: Phase, node: Node, clock: Clock) -> Node:
    def timed(state: RunState, runtime: Runtime[RunContext]) -> Update:
        began_s = clock.monotonic_s()
        update = node(state, runtime)
        record_latency(phase, clock.monotonic_s() - began_s)
        return update

    return timed
