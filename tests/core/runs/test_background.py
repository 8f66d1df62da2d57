"""Orders that a process of its own carries out, and what two of them may not do."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.runs.sample_agent import AGENT
from muster.core.clock import SystemClock
from muster.core.errors import RunStateError, WorkFailedError
from muster.core.gates.questions import Form
from muster.core.runs.background import Answer, GoOn, Start, hand_over, last_question, log_of, log_size, read_log
from muster.core.runs.journal import Journal
from muster.core.runs.reading import read_state
from muster.core.runs.store import RunFolder, RunStore
from muster.core.runs.worker import carry_out

TESTS = Path(__file__).parents[2]
MODULE = "core.runs.sample_agent"


@pytest.fixture
def home() -> Path:
    return Path(os.environ["MUSTER_HOME"])


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> RunFolder:
    """A run that waits at its question."""
    carry_out(start(tmp_path))
    return RunStore(home).folder("r1")


def start(tmp_path: Path, **options: str) -> Start:
    trace = {"trace": str(tmp_path / "trace")}
    return Start(agent=MODULE, run_id="r1", intent="sample", options=trace | options, state={"goal": "bag"})


def asked(folder: RunFolder) -> tuple[datetime, Form]:
    found = last_question(Journal(folder.journal, SystemClock()).entries())
    assert found
    return found


def answer(folder: RunFolder, size: int) -> Answer:
    return Answer(agent=MODULE, run_id="r1", asked_at=asked(folder)[0], answers={"size": size})


def wait_for(home: Path, status: str) -> RunFolder:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (home / "runs/r1/run.json").exists() and RunStore(home).folder("r1").row().status == status:
            return RunStore(home).folder("r1")
        time.sleep(0.05)
    raise AssertionError(f"the run is not {status}: {read_log(home, 'r1')}")


def test_a_run_that_is_handed_over_works_up_to_its_question(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    hand_over(start(tmp_path), home)
    assert asked(wait_for(home, "waiting"))[1].title == "Size"


def test_an_answer_that_is_handed_over_brings_it_to_its_end(
    home: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    hand_over(answer(folder, 3), home)
    assert wait_for(home, "finished").row().note == "a bag of size 3"


def test_what_a_worker_refuses_stands_in_its_log(
    home: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    hand_over(start(folder.path.parent), home)
    deadline = time.monotonic() + 120
    while not read_log(home, "r1") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "there is a run r1 already" in read_log(home, "r1")


def test_only_what_is_new_is_read_of_a_log(home: Path) -> None:
    log_of(home, "r1").parent.mkdir(parents=True)
    log_of(home, "r1").write_text("old\n")
    size = log_size(home, "r1")
    with log_of(home, "r1").open("a") as file:
        file.write("new\n")
    assert read_log(home, "r1", after=size) == "new"


def test_the_same_start_twice_begins_one_run(home: Path, folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RunStateError, match="already"):
        carry_out(start(tmp_path))
    assert [one.path.name for one in RunStore(home).folders()] == ["r1"]


def test_the_second_answer_to_one_question_is_refused(folder: RunFolder) -> None:
    first, second = answer(folder, 3), answer(folder, 5)
    carry_out(first)
    with pytest.raises(RunStateError, match="answered that question before"):
        carry_out(second)
    assert folder.row().note == "a bag of size 3"


def test_an_answer_to_another_question_is_refused(folder: RunFolder) -> None:
    at, _ = asked(folder)
    late = answer(folder, 3).model_copy(update={"asked_at": at - timedelta(seconds=1)})
    with pytest.raises(RunStateError, match="answered that question before"):
        carry_out(late)


def test_a_run_that_failed_goes_on(home: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkFailedError):
        carry_out(start(tmp_path, fail_in="gather"))
    (tmp_path / "trace.heal").touch()
    carry_out(GoOn(agent=MODULE, run_id="r1"))
    assert RunStore(home).folder("r1").row().status == "waiting"


def test_a_state_is_read_while_its_run_waits(folder: RunFolder) -> None:
    state = read_state(AGENT, folder)
    assert state is not None
    assert state.found == "a bag"


def test_a_run_that_never_began_has_no_state(folder: RunFolder) -> None:
    folder.checkpoints.unlink()
    assert read_state(AGENT, folder) is None
