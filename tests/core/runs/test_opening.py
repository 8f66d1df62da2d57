import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from core.runs.sample_runs import sample_run
from muster.core.errors import NoAnswerError, QuitError, RunStateError, UnreachableError, UsageError
from muster.core.gates.answers import AnswersFront
from muster.core.gates.draft import Draft
from muster.core.gates.front import DefaultsFront
from muster.core.gates.questions import Form
from muster.core.runs.opening import follow, new_run, old_run, pick_up
from muster.core.runs.store import RunFolder, RunStore
from muster.core.settings import MusterSettings
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront


class LeavingFront:
    def ask(self, form: Form, draft: Draft) -> dict[str, Any]:
        raise QuitError("left")


def test_a_new_run_remembers_who_asked_for_what_and_where(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        row = sample.run.folder.row()
    assert (row.agent, row.intent, row.cwd) == ("sample", "pack a box", str(Path.cwd()))
    assert row.options["trace"] == str(sample.trace)
    assert row.version


def unreachable(settings: object, options: object, run_id: str) -> Any:
    raise UnreachableError("nobody home")


def test_a_context_that_cannot_be_built_leaves_no_run(tmp_path: Path) -> None:
    settings = MusterSettings(muster_home=tmp_path)
    agent: Any = replace(AGENT, build_context=unreachable)
    options = SampleOptions(trace=tmp_path / "t")
    with pytest.raises(UnreachableError), new_run(agent, settings, options, intent="x", clock=FakeClock()):
        pass
    assert RunStore(tmp_path).folders() == ()


def test_an_intent_of_odd_bytes_is_refused_and_leaves_no_run(tmp_path: Path) -> None:
    settings, options = MusterSettings(muster_home=tmp_path), SampleOptions(trace=tmp_path / "t")
    intent = os.fsdecode(b"read /srv/\xff")
    with (
        pytest.raises(UsageError, match="no UTF-8"),
        new_run(AGENT, settings, options, intent=intent, clock=FakeClock()),
    ):
        pass
    assert RunStore(tmp_path).folders() == ()


def test_a_working_folder_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    settings, options = MusterSettings(muster_home=tmp_path), SampleOptions(trace=tmp_path / "t")
    with (
        pytest.raises(UsageError, match="the folder that you work in is gone"),
        new_run(AGENT, settings, options, intent="x", clock=FakeClock()),
    ):
        pass


def test_quitting_at_a_question_leaves_the_run_waiting_and_resumable(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample, pytest.raises(QuitError, match=f"muster runs resume {sample.run.id}"):
        follow(sample.run, sample.run.start(SampleState()), LeavingFront())
    assert sample.run.folder.current_row().status == "waiting"
    with old_run(AGENT, sample.run.folder, clock=FakeClock()) as run:
        assert pick_up(run, ScriptedFront({"size": 2})).state.size == 2


class LeavingAfterTheFirst:
    def ask(self, form: Form, draft: Draft) -> dict[str, Any]:
        draft.keep(form.questions[0], 7)
        raise QuitError("left")


def left_after_the_first(tmp_path: Path) -> RunFolder:
    with sample_run(tmp_path) as sample, pytest.raises(QuitError):
        follow(sample.run, sample.run.start(SampleState()), LeavingAfterTheFirst())
    return sample.run.folder


def test_what_was_answered_before_leaving_is_kept(tmp_path: Path) -> None:
    with old_run(AGENT, left_after_the_first(tmp_path), clock=FakeClock()) as run:
        assert pick_up(run, DefaultsFront()).state.size == 7


def test_answers_of_a_later_call_win_over_kept_ones(tmp_path: Path) -> None:
    with old_run(AGENT, left_after_the_first(tmp_path), clock=FakeClock()) as run:
        assert pick_up(run, AnswersFront({"size": 9}, DefaultsFront())).state.size == 9


def test_kept_answers_are_gone_once_the_form_is_answered(tmp_path: Path) -> None:
    folder = left_after_the_first(tmp_path)
    with old_run(AGENT, folder, clock=FakeClock()) as run:
        pick_up(run, DefaultsFront())
    assert not folder.draft.exists()


@pytest.mark.parametrize("text", ["", "{", '{"interrupt": "of another form", "answers": {"size": 7}}'])
def test_kept_answers_that_are_damaged_or_of_another_form_are_left_alone(tmp_path: Path, text: str) -> None:
    folder = left_after_the_first(tmp_path)
    folder.draft.write_text(text)
    with old_run(AGENT, folder, clock=FakeClock()) as run, pytest.raises(NoAnswerError):
        pick_up(run, DefaultsFront())


def test_a_kept_answer_that_no_longer_fits_is_asked_again(tmp_path: Path) -> None:
    folder = left_after_the_first(tmp_path)
    folder.draft.write_text(folder.draft.read_text().replace("7", "0"))
    with old_run(AGENT, folder, clock=FakeClock()) as run, pytest.raises(NoAnswerError):
        pick_up(run, DefaultsFront())


def closed_pipe(happening: object) -> None:
    raise BrokenPipeError("nobody reads the output any more")


def test_a_run_whose_output_nobody_reads_is_cancelled_and_can_go_on(tmp_path: Path) -> None:
    settings, options = MusterSettings(muster_home=tmp_path), SampleOptions(trace=tmp_path / "t")
    with (
        pytest.raises(QuitError, match="nobody reads the output any more") as left,
        new_run(AGENT, settings, options, intent="x", clock=FakeClock(), listeners=(closed_pipe,)) as run,
    ):
        run.start(SampleState())
    (folder,) = RunStore(tmp_path).folders()
    assert f"muster runs resume {folder.path.name}" in left.value.advice
    assert (folder.row().status, folder.row().note) == ("cancelled", "nobody reads the output any more")
    with old_run(AGENT, folder, clock=FakeClock()) as run:
        assert pick_up(run, ScriptedFront({"size": 2})).state.size == 2


def interrupted(happening: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_in_a_step_says_how_to_go_on(tmp_path: Path) -> None:
    settings, options = MusterSettings(muster_home=tmp_path), SampleOptions(trace=tmp_path / "t")
    with (
        pytest.raises(QuitError, match="interrupted") as left,
        new_run(AGENT, settings, options, intent="x", clock=FakeClock(), listeners=(interrupted,)) as run,
    ):
        run.start(SampleState())
    (folder,) = RunStore(tmp_path).folders()
    assert f"muster runs resume {folder.path.name}" in left.value.advice
    assert (folder.row().status, folder.row().note) == ("cancelled", "interrupted")


def test_answers_that_do_not_fit_leave_the_run_waiting_and_say_how_to_go_on(tmp_path: Path) -> None:
    class Wrong:
        def ask(self, form: Form, draft: Draft) -> dict[str, Any]:
            raise UsageError("no such answer", advice="Correct it.")

    with sample_run(tmp_path) as sample, pytest.raises(UsageError) as refused:
        follow(sample.run, sample.run.start(SampleState()), Wrong())
    assert refused.value.advice == f"Correct it. The run waits: `muster runs resume {sample.run.id}`."
    assert sample.run.folder.current_row().status == "waiting"


def test_an_old_run_works_in_the_folder_it_was_started_in(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    there = tmp_path / "there"
    there.mkdir()
    sample.run.folder.write_row(sample.run.folder.row().model_copy(update={"cwd": str(there)}))
    before = Path.cwd()
    with old_run(AGENT, sample.run.folder, clock=FakeClock()):
        assert Path.cwd() == there
    assert Path.cwd() == before


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.folder.write_row(sample.run.folder.row().model_copy(update={"cwd": "/nonexistent"}))
    with pytest.raises(RunStateError, match="/nonexistent"), old_run(AGENT, sample.run.folder, clock=FakeClock()):
        pass


def test_options_of_another_version_are_refused(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.folder.write_row(sample.run.folder.row().model_copy(update={"options": {}}))
    with pytest.raises(RunStateError, match="no longer fit"), old_run(AGENT, sample.run.folder, clock=FakeClock()):
        pass


def test_damaged_checkpoints_are_an_error_that_says_so(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    for path in sample.run.folder.path.glob("checkpoints.sqlite*"):
        path.write_bytes(os.urandom(2000))
    with pytest.raises(RunStateError, match="can't be read"), old_run(AGENT, sample.run.folder, clock=FakeClock()):
        pass


@pytest.mark.parametrize(
    ("lost", "put", "said"),
    [
        ("checkpoints.sqlite", None, "has no checkpoints"),
        ("checkpoints.sqlite", Path.mkdir, "can't be read: unable to open"),
        ("lock", Path.mkdir, "can't be opened: Is a directory"),
        ("run.json", None, "can't be read: No such file"),
        ("run.json", Path.touch, "can't be read: it is damaged"),
    ],
)
def test_lost_files_of_a_run_are_errors_that_say_so(tmp_path: Path, lost: str, put: Any, said: str) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    file = sample.run.folder.path / lost
    file.unlink()
    if put:
        put(file)
    with pytest.raises(RunStateError, match=said), old_run(AGENT, sample.run.folder, clock=FakeClock()) as run:
        pick_up(run, DefaultsFront())


def test_defaults_answer_what_has_one_and_refuse_by_name_what_has_none(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample, pytest.raises(Exception, match=r"size \(How big\?\) has no safe default"):
        follow(sample.run, sample.run.start(SampleState()), DefaultsFront())
    assert sample.run.folder.current_row().status == "waiting"
