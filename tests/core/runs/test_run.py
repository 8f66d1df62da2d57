from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import END, START, StateGraph

from core.runs.sample_agent import AGENT, NODES, SampleOptions, SampleState, act, build_graph, check, gather
from core.runs.sample_runs import sample_run
from muster.core.errors import NoAnswerError, QuitError, RunStateError, UsageError, WorkFailedError
from muster.core.runs.listening import Asked, NodeFinished, Progress
from muster.core.runs.opening import follow, old_run
from muster.core.runs.report import Account
from muster.core.runs.run import Finished, Paused, open_run
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront


def with_graph(build: Callable[[SampleOptions], StateGraph[Any, Any, Any, Any]]) -> Any:
    return replace(AGENT, build_graph=build)


def straight(*nodes: Any) -> Any:
    def build(options: SampleOptions) -> Any:
        graph: StateGraph[Any, Any, Any, Any] = StateGraph(SampleState)
        for node in nodes:
            graph.add_node(node)
        names = [node.__name__ for node in nodes]
        for here, there in zip([START, *names], [*names, END], strict=True):
            graph.add_edge(here, there)
        return graph

    return with_graph(build)


def test_start_ends_at_the_first_question(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        ending = sample.run.start(SampleState())
        assert isinstance(ending, Paused)
        assert [question.id for question in ending.question.questions] == ["size", "colour"]
        assert sample.run.folder.current_row().status == "waiting"
        assert sample.run.pending_form() == ending.question


def test_answer_goes_on_to_the_end_with_a_validated_state(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
        ending = sample.run.answer({"size": "7"})
    assert isinstance(ending, Finished)
    assert (ending.state.size, ending.verdict.ok) == (7, True)
    row = sample.run.folder.current_row()
    assert (row.status, row.note) == ("finished", "a box of size 7")


def test_a_finished_run_with_a_bad_verdict_is_failed(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
        sample.run.answer({"size": 500})
    assert sample.run.folder.row().status == "failed"


def test_listeners_hear_steps_progress_and_questions_in_order(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 1}))
    heard = sample.listener.heard
    assert sample.listener.finished() == list(NODES)
    assert sample.listener.started() == ["gather", "choose_size", "choose_size", "act", "check"]
    assert Progress("gather", "half way") in heard
    assert heard.index(Progress("gather", "half way")) < next(
        index for index, happening in enumerate(heard) if isinstance(happening, NodeFinished)
    )
    assert sum(isinstance(happening, Asked) for happening in heard) == 1


def test_starting_twice_is_refused(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
        with pytest.raises(RunStateError, match="started before"):
            sample.run.start(SampleState())


def test_a_bad_answer_is_refused_and_the_question_stays(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
        with pytest.raises(UsageError, match="at least 1"):
            sample.run.answer({"size": 0})
        with pytest.raises(NoAnswerError, match="size"):
            sample.run.answer({})
        assert sample.run.folder.current_row().status == "waiting"
        assert isinstance(sample.run.answer({"size": 2}), Finished)


def test_an_answer_without_a_question_is_refused(tmp_path: Path) -> None:
    with sample_run(tmp_path, straight(gather, act)) as sample:
        with pytest.raises(RunStateError, match="nothing left"):
            sample.run.answer({})
        sample.run.start(SampleState())
        with pytest.raises(RunStateError, match="nothing left"):
            sample.run.answer({})


def test_an_answer_after_an_error_is_refused_because_nothing_was_asked(tmp_path: Path) -> None:
    with sample_run(tmp_path, fail_in="gather") as sample:
        with pytest.raises(WorkFailedError):
            sample.run.start(SampleState())
        with pytest.raises(RunStateError, match="0 pending"):
            sample.run.answer({"size": 1})


def test_going_on_with_a_finished_run_is_refused(tmp_path: Path) -> None:
    with sample_run(tmp_path, straight(gather)) as sample:
        sample.run.start(SampleState())
        with pytest.raises(RunStateError, match="nothing left"):
            sample.run.go_on()


@pytest.mark.parametrize("node", NODES)
def test_after_an_error_in_a_step_go_on_runs_only_that_step_again(tmp_path: Path, node: str) -> None:
    front = ScriptedFront({"size": 4})
    with sample_run(tmp_path, fail_in=node) as sample:
        with pytest.raises(WorkFailedError, match=f"no luck in {node}"):
            follow(sample.run, sample.run.start(SampleState()), front)
        assert sample.run.folder.current_row().status == "failed"
        sample.heal()
        ending = follow(sample.run, sample.run.go_on(), front)
    assert ending.state.acted
    assert sample.steps() == [name for step in NODES for name in ([step, step] if step == node else [step])]
    assert len(front.asked) == 1  # the answer of an interrupted step is kept
    assert len(ending.state.events) == 2


def test_an_error_is_written_to_row_journal_and_report(tmp_path: Path) -> None:
    with sample_run(tmp_path, fail_in="gather") as sample, pytest.raises(WorkFailedError):
        sample.run.start(SampleState())
    assert sample.run.folder.row().note == "no luck in gather"
    assert "**failed: no luck in gather**" in sample.report()
    assert '"kind":"failed"' in sample.run.folder.journal.read_text()


def broken(state: SampleState) -> dict[str, Any]:
    raise ZeroDivisionError


def interrupted(state: SampleState) -> dict[str, Any]:
    raise KeyboardInterrupt


def quitting(state: SampleState) -> dict[str, Any]:
    raise QuitError("enough")


@pytest.mark.parametrize(
    ("node", "error", "status"),
    [
        (broken, ZeroDivisionError, "failed"),
        (interrupted, KeyboardInterrupt, "cancelled"),
        (quitting, QuitError, "cancelled"),
    ],
)
def test_every_ending_leaves_a_report(tmp_path: Path, node: Any, error: type[BaseException], status: str) -> None:
    with sample_run(tmp_path, straight(gather, node)) as sample, pytest.raises(error):
        sample.run.start(SampleState())
    assert sample.run.folder.row().status == status
    assert f"**{status}:" in sample.report()
    assert "looked around" in sample.report()


def test_a_waiting_run_left_at_its_question_has_a_report_that_says_how_to_go_on(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    assert f"muster runs resume {sample.run.id}" in sample.report()
    assert sample.run.folder.current_row().status == "waiting"


def test_the_report_tells_answers_attempts_diffs_and_the_agents_own_section(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        follow(sample.run, sample.run.start(SampleState()), ScriptedFront({"size": 4}))
    report = sample.report()
    for text in ("**finished: a box of size 4**", "answered `size`: 4", "answered `colour`: red"):
        assert text in report
    for text in ("```diff\n  + one\n  - two\n", "## The box\n\nIt is a box.", "pack a box"):
        assert text in report


def test_what_the_agent_lays_beside_the_report_is_written_on_every_ending(tmp_path: Path) -> None:
    def told(state: SampleState | None, account: Account, folder: Path) -> dict[str, str]:
        return {"page.txt": f"{account.row.status}: {state.found if state else 'nothing'} in {folder.name}"}

    with sample_run(tmp_path, replace(AGENT, report_files=told), fail_in="act") as sample:
        page = sample.run.folder.path / "page.txt"
        sample.run.start(SampleState())
        assert page.read_text() == f"waiting: a box in {sample.run.id}"
        with pytest.raises(WorkFailedError):
            sample.run.answer({"size": 7})
        assert page.read_text() == f"failed: a box in {sample.run.id}"


def test_a_page_that_fails_hides_neither_the_report_nor_the_runs_own_error(tmp_path: Path) -> None:
    def fails(state: SampleState | None, account: Account, folder: Path) -> dict[str, str]:
        raise ZeroDivisionError("no\nink")

    with sample_run(tmp_path, replace(AGENT, report_files=fails), fail_in="gather") as sample:
        with pytest.raises(WorkFailedError, match="no luck in gather"):
            sample.run.start(SampleState())
        assert "which failed: ZeroDivisionError('no\\nink')" in sample.report()
        assert "**failed: no luck in gather**" in sample.report()


def test_a_misspelt_update_key_is_an_error(tmp_path: Path) -> None:
    with sample_run(tmp_path, misspell=True) as sample:
        sample.run.start(SampleState())
        with pytest.raises(TypeError, match="node act returned keys that its state does not have: actd"):
            sample.run.answer({"size": 1})


def wrong_at_the_end(state: SampleState) -> dict[str, Any]:
    return {"size": "many"}


def test_the_last_nodes_values_are_validated(tmp_path: Path) -> None:
    with sample_run(tmp_path, straight(gather, wrong_at_the_end)) as sample:
        with pytest.raises(ValueError, match="size"):
            sample.run.start(SampleState())
        assert sample.run.folder.row().status == "failed"


def renamed(state: SampleState) -> dict[str, Any]:
    return {}


def test_a_step_that_no_longer_exists_is_named_instead_of_ending_silently(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState())
    with old_run(straight(gather, renamed, act, check), sample.run.folder, clock=FakeClock()) as run:
        for verb in (run.go_on, lambda: run.answer({"size": 1})):
            with pytest.raises(RunStateError, match="choose_size, which this version no longer has"):
                verb()


def test_two_processes_cannot_work_on_one_run(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        folder, options = sample.run.folder, SampleOptions(trace=sample.trace)
        context: Any = None
        with (
            pytest.raises(RunStateError, match="another process"),
            open_run(AGENT, folder, options, context, clock=FakeClock()),
        ):
            pass


def test_a_resumed_run_is_rebuilt_from_its_folder_alone(tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        sample.run.start(SampleState(goal="crate"))
    with old_run(AGENT, sample.run.folder, clock=FakeClock()) as run:
        ending = run.answer({"size": 3})
    assert isinstance(ending, Finished)
    assert ending.verdict.summary == "a crate of size 3"
    assert sample.steps() == list(NODES)


def test_the_graph_may_depend_on_the_options(tmp_path: Path) -> None:
    def build(options: SampleOptions) -> Any:
        return build_graph(options) if options.fail_in else straight(gather).build_graph(options)

    with sample_run(tmp_path, with_graph(build)) as sample:
        assert isinstance(sample.run.start(SampleState()), Finished)
