"""Runs whose traces go to Langfuse: one session, a trace for each sitting, scores at the end."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from core.observability.tracing_to_double import named, read_back, settings_for, tree
from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from muster.core.errors import WorkFailedError
from muster.core.runs.listening import Traced
from muster.core.runs.opening import follow, new_run, old_run, pick_up
from muster.core.runs.store import RunFolder
from muster.core.settings import MusterSettings
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.listening import RecordingListener


@pytest.fixture
def server() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse() as running:
        yield running


def settings(server: RecordingLangfuse, tmp_path: Path) -> MusterSettings:
    where = settings_for(server).model_dump(exclude_none=True)
    return MusterSettings(muster_home=tmp_path / "home", trace_user="ada").model_copy(update=where)


def started(server: RecordingLangfuse, tmp_path: Path, *, listener: RecordingListener | None = None) -> RunFolder:
    """A run that waits at its question."""
    with new_run(
        replace(AGENT, tags=("boxes",)),
        settings(server, tmp_path),
        SampleOptions(trace=tmp_path / "trace"),
        intent="pack a box",
        clock=FakeClock(),
        listeners=(listener,) if listener else (),
    ) as run:
        run.start(SampleState())
    return run.folder


def resumed(server: RecordingLangfuse, tmp_path: Path, folder: RunFolder, *, size: int = 3) -> FakeClock:
    clock = FakeClock()
    clock.advance(90)
    agent = replace(AGENT, load_settings=lambda: settings(server, tmp_path))
    with old_run(agent, folder, clock=clock) as run:
        pick_up(run, ScriptedFront({"size": size}))
    return clock


def test_the_session_is_the_runs_id_and_listeners_are_told(server: RecordingLangfuse, tmp_path: Path) -> None:
    listener = RecordingListener()
    folder = started(server, tmp_path, listener=listener)
    assert listener.heard[0] == Traced(folder.path.name)
    found = read_back(server, session_id=folder.path.name)
    assert [one.name for one in found] == ["sample", "graph_start", "gather", "choose_size"]
    assert {(one.user_id, *one.tags) for one in found} == {("ada", "boxes", "sample")}


def test_graph_start_is_an_event_below_the_run(server: RecordingLangfuse, tmp_path: Path) -> None:
    started(server, tmp_path)
    event = named(server, "graph_start")
    assert event.type == "EVENT"
    assert '"goal": "box"' in str(event.attributes["input.value"])


def test_each_sitting_is_a_trace_that_points_to_the_one_before(server: RecordingLangfuse, tmp_path: Path) -> None:
    folder = started(server, tmp_path)
    resumed(server, tmp_path, folder)
    first, second = (one for one in read_back(server) if one.name == "sample")
    assert first.trace_id != second.trace_id
    assert first.session_id == second.session_id
    assert server.project.observations[second.trace_id, second.id].links == (first.trace_id,)
    lines = folder.traces.read_text().splitlines()
    assert lines == [f"00-{one.trace_id}-{one.id}-01" for one in (first, second)]


def test_a_run_that_reached_its_end_is_scored(server: RecordingLangfuse, tmp_path: Path) -> None:
    resumed(server, tmp_path, started(server, tmp_path))
    scores = {one["name"]: one["value"] for one in server.project.scores.values()}
    assert scores == {"outcome": 1.0, "iterations": 0.0, "duration_s": 90.0, "size": 3.0}
    (second,) = {str(one["traceId"]) for one in server.project.scores.values()}
    assert ("choose_size", second) in {(one.name, one.trace_id) for one in read_back(server)}


def test_a_bad_verdict_is_scored_as_such(server: RecordingLangfuse, tmp_path: Path) -> None:
    resumed(server, tmp_path, started(server, tmp_path), size=500)
    (outcome,) = [one for one in server.project.scores.values() if one["name"] == "outcome"]
    assert (outcome["value"], outcome["comment"]) == (0.0, "a box of size 500")


def test_a_run_that_waits_or_failed_by_an_error_is_not_scored(server: RecordingLangfuse, tmp_path: Path) -> None:
    started(server, tmp_path)
    options = SampleOptions(trace=tmp_path / "other", fail_in="gather")
    with (
        pytest.raises(WorkFailedError),
        new_run(AGENT, settings(server, tmp_path), options, intent="fail", clock=FakeClock()) as run,
    ):
        run.start(SampleState())
    assert server.project.scores == {}
    assert [one.name for one in read_back(server) if one.level == "ERROR"] == ["sample", "gather"]


def test_a_damaged_note_of_the_last_trace_is_passed_over(server: RecordingLangfuse, tmp_path: Path) -> None:
    folder = started(server, tmp_path)
    folder.traces.write_bytes(b"\xff\xfe")
    resumed(server, tmp_path, folder)
    assert all(one.links == () for one in server.project.observations.values())


def test_the_report_and_the_row_do_not_depend_on_a_backend(tmp_path: Path) -> None:
    with RecordingLangfuse() as server:
        server.fail(500)
        folder = started(server, tmp_path)
        resumed(server, tmp_path, folder)
    assert folder.row().status == "finished"
    assert server.project.observations == {}


def test_a_whole_run_in_one_sitting_is_one_tree(server: RecordingLangfuse, tmp_path: Path) -> None:
    options = SampleOptions(trace=tmp_path / "trace")
    with new_run(AGENT, settings(server, tmp_path), options, intent="pack a box", clock=FakeClock()) as run:
        follow(run, run.start(SampleState()), ScriptedFront({"size": 1}))
    assert tree(server) == {"sample": {"graph_start": {}, "gather": {}, "choose_size": {}, "act": {}, "check": {}}}
