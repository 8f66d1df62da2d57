"""What is counted of runs, and that no counter ever goes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import JsonValue

from muster.core.llm.ledger import Call, append_line
from muster.core.observability.metrics import metrics_text
from muster.core.observability.run_course import course_of
from muster.core.runs.journal import Entry, EntryKind, Journal
from muster.core.runs.row import RunRow, Status
from muster.core.runs.store import RunFolder, RunStore
from muster.core.testing.clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
REPAIRED: dict[str, JsonValue] = {"event": {"kind": "repaired", "data": {}}}


def course(*told: tuple[float, EntryKind, str, dict[str, JsonValue]]) -> list[Entry]:
    return [Entry(at=START + timedelta(seconds=at), kind=kind, text=text, data=data) for at, kind, text, data in told]


def stored(home: Path, name: str, status: Status = "finished", agent: str = "nomad") -> RunFolder:
    row = RunRow(id=name, agent=agent, version="0", intent="x", cwd="/", created_at=START, updated_at=START)
    folder = RunStore(home).create(row)
    folder.set_status(status, "", FakeClock(), done=True)
    return folder


def finished(home: Path, name: str, *, ok: bool = True, repairs: int = 0) -> RunFolder:
    folder, clock = stored(home, name, "finished" if ok else "failed"), FakeClock()
    journal = Journal(folder.journal, clock)
    journal.write("started")
    journal.write("node", "deploy_job")
    clock.advance(3)
    for _ in range(repairs):
        journal.write("event", "repaired", REPAIRED)
    journal.write("finished", data={"ok": ok})
    return folder


def a_call(**facts: object) -> Call:
    given = {"at": START, "run": "a", "agent": "nomad", "provider": "openai", "model": "m", "outcome": "answered"}
    return Call.model_validate({**given, "seconds": 1.0, **facts})


def samples(home: Path) -> dict[str, float]:
    """Every sample with a value, as `name{label="value"}`."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(metrics_text(home)):
        for sample in family.samples:
            labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_runs_are_counted_by_how_they_ended(tmp_path: Path) -> None:
    finished(tmp_path, "a")
    finished(tmp_path, "b")
    finished(tmp_path, "c", ok=False)
    counted = samples(tmp_path)
    assert counted['muster_runs_total{agent="nomad",outcome="finished"}'] == 2
    assert counted['muster_runs_total{agent="nomad",outcome="failed"}'] == 1
    assert counted['muster_runs_stored{agent="nomad",status="finished"}'] == 2


def test_another_run_that_ends_adds_to_what_was_counted(tmp_path: Path) -> None:
    finished(tmp_path, "a", repairs=2)
    before = samples(tmp_path)
    finished(tmp_path, "b", repairs=1)
    after = samples(tmp_path)
    assert after['muster_repairs_total{agent="nomad"}'] == 3
    assert all(after[name] >= value for name, value in before.items())


def test_a_run_that_goes_on_after_an_error_takes_nothing_back(tmp_path: Path) -> None:
    folder = stored(tmp_path, "a", "failed")
    journal = Journal(folder.journal, FakeClock())
    journal.write("node", "act")
    journal.write("failed", "away")
    assert samples(tmp_path)['muster_runs_total{agent="nomad",outcome="error"}'] == 1
    journal.write("resumed", "it was failed")
    journal.write("node", "act")
    journal.write("finished", data={"ok": True})
    counted = samples(tmp_path)
    assert counted['muster_runs_total{agent="nomad",outcome="error"}'] == 1
    assert counted['muster_runs_total{agent="nomad",outcome="finished"}'] == 1


def test_iterations_are_the_repairs_of_runs_that_reached_their_end(tmp_path: Path) -> None:
    finished(tmp_path, "a", repairs=2)
    counted = samples(tmp_path)
    assert counted['muster_run_iterations_sum{agent="nomad",outcome="finished"}'] == 2
    assert counted['muster_run_iterations_bucket{agent="nomad",le="1.0",outcome="finished"}'] == 0
    assert counted['muster_run_iterations_bucket{agent="nomad",le="2.0",outcome="finished"}'] == 1


def test_a_steps_seconds_are_those_until_the_next_step_or_the_end(tmp_path: Path) -> None:
    finished(tmp_path, "a")
    assert samples(tmp_path)['muster_node_seconds_sum{agent="nomad",node="deploy_job"}'] == 3


def test_time_in_which_a_human_is_asked_counts_nowhere() -> None:
    told = course(
        (0, "node", "approve", {}), (1, "asked", "", {}), (900, "answered", "", {}), (900, "node", "approve", {}),
        (902, "node", "act", {}), (905, "finished", "", {"ok": True}),
    )  # fmt: skip
    assert course_of(told).nodes == (("approve", 1.0), ("approve", 2.0), ("act", 3.0))


def test_a_step_that_a_crash_cut_off_has_no_seconds_and_the_crash_is_counted() -> None:
    told = course((0, "node", "act", {}), (500, "resumed", "it was crashed", {}), (501, "node", "act", {}))
    assert course_of(told).nodes == ()
    assert course_of(told).outcomes == ("crashed",)


def test_gates_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    journal = Journal(stored(tmp_path, "a", "waiting").journal, FakeClock())
    for kind in ("asked", "quit", "answered"):
        journal.write(kind)
    counted = samples(tmp_path)
    for action in ("asked", "answered", "quit"):
        assert counted[f'muster_gates_total{{action="{action}",agent="nomad"}}'] == 1


def test_an_outcome_that_no_run_had_is_counted_as_none(tmp_path: Path) -> None:
    finished(tmp_path, "a")
    told = {name: value for name, value in samples(tmp_path).items() if name.startswith("muster_runs_total")}
    outcomes = {"finished": 1, "failed": 0, "error": 0, "cancelled": 0, "crashed": 0}
    assert told == {f'muster_runs_total{{agent="nomad",outcome="{name}"}}': count for name, count in outcomes.items()}


def test_memory_hits_are_read_from_events() -> None:
    told = course((0, "event", "", {"event": {"kind": "found", "data": {"memory_hits": 3}}}))
    assert course_of(told).memory_hits == 3


def test_a_call_counts_tokens_and_dollars_and_an_unknown_price_as_unknown(tmp_path: Path) -> None:
    folder = finished(tmp_path, "a")
    append_line(
        folder.calls, a_call(input_tokens=10, output_tokens=5, input_usd=0.25, output_usd=0.5).model_dump_json()
    )
    append_line(folder.calls, a_call(input_tokens=1, attempt=2).model_dump_json())
    counted = samples(tmp_path)
    model = 'agent="nomad",model="openai:m"'
    assert counted['muster_tokens_total{agent="nomad",direction="input",model="openai:m"}'] == 11
    assert counted['muster_tokens_total{agent="nomad",direction="output",model="openai:m"}'] == 5
    assert counted['muster_cost_dollars_total{agent="nomad",direction="input",model="openai:m"}'] == 0.25
    assert counted['muster_cost_dollars_total{agent="nomad",direction="output",model="openai:m"}'] == 0.5
    assert counted[f"muster_calls_of_unknown_price_total{{{model}}}"] == 1
    assert counted[f"muster_model_retries_total{{{model}}}"] == 1
    assert counted[f'muster_model_calls_total{{{model},outcome="answered"}}'] == 2


def test_a_damaged_run_does_not_hide_the_others(tmp_path: Path) -> None:
    finished(tmp_path, "a")
    (finished(tmp_path, "b").path / "run.json").write_text("{")
    assert samples(tmp_path)['muster_runs_total{agent="nomad",outcome="finished"}'] == 1


def test_nothing_is_counted_of_a_home_without_runs(tmp_path: Path) -> None:
    assert samples(tmp_path / "none") == {}


@pytest.mark.parametrize("line", ["", "{", '{"at": 1}', "\x00"])
def test_odd_lines_of_a_journal_are_passed_over(tmp_path: Path, line: str) -> None:
    folder = finished(tmp_path, "a")
    folder.journal.write_text(folder.journal.read_text() + line + "\n")
    assert samples(tmp_path)['muster_runs_total{agent="nomad",outcome="finished"}'] == 1
