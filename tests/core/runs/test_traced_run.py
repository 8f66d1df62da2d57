from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.runs.sample_agent import AGENT, NODES, SampleState
from core.runs.sample_runs import sample_run
from muster.core.errors import QuitError, WorkFailedError
from muster.core.observability.tracing import traced_by
from muster.core.runs.listening import Ended, Traced
from muster.core.runs.opening import follow, old_run, pick_up
from muster.core.runs.watched_nodes import written_keys
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront
from muster.core.testing.tracing import RecordingTracer


def traced_sample(tmp_path: Path, size: int = 7) -> RecordingTracer:
    tracer = RecordingTracer()
    with traced_by(tracer), sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": size}))
    return tracer


def test_a_run_is_a_span_with_its_start_and_its_nodes_in_order(tmp_path: Path) -> None:
    (root,) = traced_sample(tmp_path).roots
    assert (root.name, root.kind, root.input) == ("sample", "agent", "pack a box")
    names = [one.name for one in root.children]
    assert names == ["graph_start", "gather", "choose_size", "choose_size", "act", "check"]


def test_graph_start_is_an_event_with_what_the_run_began_with(tmp_path: Path) -> None:
    start = traced_sample(tmp_path).named("graph_start")
    assert (start.kind, start.input) == ("event", SampleState())


def test_a_node_is_a_span_with_its_state_and_its_update(tmp_path: Path) -> None:
    act = traced_sample(tmp_path).named("act")
    assert isinstance(act.input, SampleState)
    assert act.input.size == 7
    assert written_keys(act.said) == {"acted", "events"}


def test_a_question_is_no_failure_of_its_node(tmp_path: Path) -> None:
    asked, answered = (one for one in traced_sample(tmp_path).spans() if one.name == "choose_size")
    assert (asked.said, asked.level) == ("asked", "default")
    assert answered.said == {"size": 7}


def test_the_end_stands_on_the_runs_span(tmp_path: Path) -> None:
    (root,) = traced_sample(tmp_path).roots
    assert (root.said, root.level) == ("a box of size 7", "default")
    assert (root.attributes["ok"], root.attributes["repairs"], root.attributes["resumed"]) == (True, 0, False)


def test_a_bad_verdict_is_an_error_with_its_sentence(tmp_path: Path) -> None:
    (root,) = traced_sample(tmp_path, size=500).roots
    assert (root.level, root.message) == ("error", "a box of size 500")


def test_a_run_that_waits_says_what_for(tmp_path: Path) -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    assert tracer.roots[0].said == "asked: Size"


def test_an_exception_marks_the_node_and_the_run(tmp_path: Path) -> None:
    tracer = RecordingTracer()
    with pytest.raises(WorkFailedError), traced_by(tracer), sample_run(tmp_path, fail_in="gather") as sample:
        sample.run.start(SampleState())
    marked = [(one.name, one.level) for one in tracer.spans() if one.level != "default"]
    assert marked == [("sample", "error"), ("gather", "error")]
    assert tracer.named("gather").message.startswith("WorkFailedError: no luck in gather")


def test_somebody_who_leaves_is_a_warning_on_the_run(tmp_path: Path) -> None:
    tracer = RecordingTracer()

    class Leaving(ScriptedFront):
        def ask(self, form: Any, draft: Any) -> Any:
            raise QuitError("interrupted")

    with pytest.raises(QuitError), traced_by(tracer), sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), Leaving({}))
    assert tracer.roots[0].level == "warning"


def test_a_node_that_tells_of_a_failure_is_a_warning(tmp_path: Path) -> None:
    def grumbling(options: Any) -> Any:
        graph = AGENT.build_graph(options)

        def check(state: SampleState, runtime: Any) -> Any:
            event = runtime.context.event("check", "the box leaks")
            return {"events": [event.model_copy(update={"kind": "failed"})]}

        graph.nodes["check"].runnable.func = check  # type: ignore[union-attr]
        return graph

    tracer = RecordingTracer()
    with traced_by(tracer), sample_run(tmp_path, replace(AGENT, build_graph=grumbling)) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 1}))
    check = tracer.named("check")
    assert (check.level, check.message) == ("warning", "the box leaks")


def test_a_resumed_run_is_a_trace_of_its_own(tmp_path: Path) -> None:
    tracer = RecordingTracer()
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    with traced_by(tracer), old_run(AGENT, sample.run.folder, clock=FakeClock()) as run:
        pick_up(run, ScriptedFront({"size": 3}))
    (root,) = tracer.roots
    assert root.attributes["resumed"] is True
    assert [one.name for one in root.children] == ["choose_size", "act", "check"]


def test_listeners_hear_the_end_with_its_repairs(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 1}))
    (ended,) = [one for one in sample.listener.heard if isinstance(one, Ended)]
    assert (ended.verdict.ok, ended.repairs) == (True, 0)


def test_without_traces_nobody_hears_of_a_session_and_no_file_is_written(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    assert not any(isinstance(one, Traced) for one in sample.listener.heard)
    assert not sample.run.folder.traces.exists()


def test_every_node_of_the_sample_is_seen(tmp_path: Path) -> None:
    names = {one.name for one in traced_sample(tmp_path).spans()}
    assert names >= set(NODES)
