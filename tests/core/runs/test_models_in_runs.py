"""A model that a node asks: its calls are in the run's ledger, and the terminal shows the wait."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import END, START, StateGraph

from core.llm.asking import GOOD, asked, model_of
from core.runs.sample_agent import AGENT, SampleContext, SampleOptions, SampleState, SampleUpdate
from core.runs.sample_runs import Sample, SampleAgent, sample_run
from muster.core.clock import SystemClock
from muster.core.errors import BudgetError
from muster.core.llm.ledger import current_ledger, read_calls
from muster.core.llm.ports import Model
from muster.core.runs.listening import Waiting
from muster.core.runs.opening import old_run
from muster.core.testing.openai_double import OpenAIDouble, late, says


def agent_with(model: Model) -> SampleAgent:
    """An agent of one step, which asks the model."""

    def ask_model(state: SampleState) -> SampleUpdate:
        return {"found": f"a {asked(model)}"}

    def build_graph(options: SampleOptions) -> StateGraph[SampleState, SampleContext, SampleState, SampleState]:
        graph = StateGraph(SampleState, context_schema=SampleContext)
        node: Callable[[SampleState], Any] = ask_model
        graph.add_node("ask_model", node)
        graph.add_edge(START, "ask_model")
        graph.add_edge("ask_model", END)
        return graph

    return replace(AGENT, build_graph=build_graph)


def finished(tmp_path: Path, model: Model) -> Sample:
    with sample_run(tmp_path, agent_with(model)) as sample:
        sample.run.start(SampleState())
    return sample


def test_each_call_is_in_the_runs_ledger(tmp_path: Path) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        run = finished(tmp_path, model_of(double)).run
    (call,) = read_calls(run.folder.calls)
    assert (call.run, call.agent, call.outcome) == (run.id, "sample", "answered")


def test_after_the_run_its_ledger_is_closed(tmp_path: Path) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        finished(tmp_path, model_of(double))
    assert current_ledger().run == ""


def test_the_wait_is_told_to_the_listeners(tmp_path: Path) -> None:
    with OpenAIDouble(late(0.4, says(GOOD))) as double:
        heard = finished(tmp_path, model_of(double)).listener.heard
    waits = [happening.text for happening in heard if isinstance(happening, Waiting)]
    assert "Qwen/Qwen3-32B works, 0 s" in waits
    assert waits[-1] == ""


def test_a_run_that_spent_its_budget_fails_and_goes_on_with_more(tmp_path: Path) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        with sample_run(tmp_path, agent_with(model_of(double, max_usd=1e-9))) as sample, pytest.raises(BudgetError):
            sample.run.start(SampleState())
        folder = sample.run.folder
        assert folder.row().status == "failed"
        assert double.requests == []
        with old_run(agent_with(model_of(double, max_usd=1.0)), folder, clock=SystemClock()) as again:
            again.go_on()
    assert folder.row().status == "finished"
    assert len(list(read_calls(folder.calls))) == 1
