"""What a run says in the logs."""

import logging
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.contextvars import get_contextvars

from core.runs.sample_agent import NODES, SampleState
from core.runs.sample_runs import sample_run
from muster.core.errors import WorkFailedError
from muster.core.observability.tracing import traced_by
from muster.core.runs.listening import NodeFinished, NodeStarted
from muster.core.runs.logged_run import RunLog
from muster.core.runs.opening import follow
from muster.core.runs.row import RunRow
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront
from muster.core.testing.tracing import RecordingTracer

NAME = "muster.core.runs.logged_run"


def a_row() -> RunRow:
    now = FakeClock().now()
    return RunRow(id="r-1", agent="sample", version="0", intent="pack", cwd="/", created_at=now, updated_at=now)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == NAME]


def test_a_run_tells_its_steps_what_was_asked_and_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", NAME)
    with sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 7}))
    lines = said(caplog)
    assert lines[0] == "run opened"
    assert lines.count("node finished") == 4
    assert any(line.startswith("asked: ") for line in lines)
    assert any(line.startswith("decided: ") or line.startswith("acted: ") for line in lines)
    assert lines[-1] == "run ended: a box of size 7"


def test_a_step_says_how_long_it_took(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", NAME)
    clock = FakeClock()
    with RunLog(a_row(), clock) as log:
        log(NodeStarted("gather"))
        clock.advance(1.5)
        log(NodeFinished("gather", {"found": 1}))
    (finished,) = (one for one in caplog.records if one.getMessage() == "node finished")
    assert (finished.__dict__["node"], finished.__dict__["seconds"]) == ("gather", 1.5)


def test_what_is_told_of_a_step_names_its_span(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", NAME)
    with traced_by(RecordingTracer()), sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 7}))
    told = [one.__dict__ for one in caplog.records if one.name == NAME]
    assert {(one["node"], one.get("span")) for one in told if "node" in one} == {(node, node) for node in NODES}
    assert [one["message"] for one in told if "span" not in one] == ["run opened", "run ended: a box of size 7"]


def test_without_traces_no_span_is_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", NAME)
    with RunLog(a_row(), FakeClock()) as log:
        log(NodeStarted("gather"))
    assert not any("span" in one.__dict__ for one in caplog.records)


def test_within_a_run_every_line_names_it_and_after_it_none() -> None:
    with RunLog(a_row(), FakeClock()):
        assert get_contextvars() == {"run": "r-1", "agent": "sample"}
    assert get_contextvars() == {}


def test_an_error_is_told_with_the_step_that_it_left(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, NAME)
    with suppress(WorkFailedError), RunLog(a_row(), FakeClock()) as log:
        log(NodeStarted("act"))
        raise WorkFailedError("the box is torn")
    (stopped,) = (one for one in caplog.records if one.getMessage() == "run stopped: the box is torn")
    assert stopped.__dict__["node"] == "act"
