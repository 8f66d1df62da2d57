"""Nothing is prepared for a launch without a permit, or without money."""

from pathlib import Path

import pytest

from aegis.walks import Walk, runtime
from aegis.worlds import World
from muster.aegis.nodes.prepare import prepare_evals, prepare_launch
from muster.aegis.state import State


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path), usd_per_hour=0.001)


@pytest.fixture
def done(walk: Walk) -> State:
    """A whole run: its one approval is used."""
    return walk.run()


def test_an_approval_is_used_once(walk: Walk, done: State) -> None:
    assert "used already" in prepare_launch(done, runtime(walk))["halted"]


def test_without_a_decision_nothing_is_prepared(walk: Walk, done: State) -> None:
    asked = done.model_copy(update={"decision": None, "used": []})
    assert "launch" not in prepare_launch(asked, runtime(walk))


def test_an_approval_of_another_attempt_does_not_count(walk: Walk, done: State) -> None:
    assert done.spec is not None
    other = done.spec.model_copy(update={"seed": 99})
    update = prepare_launch(done.model_copy(update={"spec": other, "used": []}), runtime(walk))
    assert "another spec or attempt" in update["halted"]


def test_a_permit_is_for_what_is_left(walk: Walk, done: State) -> None:
    update = prepare_launch(done.model_copy(update={"used": [], "spent_usd": 1.5}), runtime(walk))
    assert update["launch"].max_usd == pytest.approx(0.5)


def test_an_evaluation_without_money_left_is_not_launched(walk: Walk, done: State) -> None:
    update = prepare_evals(done.model_copy(update={"spent_usd": 2.0}), runtime(walk))
    assert "nothing is left of $2.00" in update["halted"]


def test_an_evaluation_alone_needs_a_permit_of_its_own(walk: Walk, done: State) -> None:
    update = prepare_evals(done.model_copy(update={"only_eval": True}), runtime(walk))
    assert "used already" in update["halted"]


def test_of_a_task_beside_secrets_only_its_own_files_are_handed_over(walk: Walk, done: State) -> None:
    home = walk.world.folder
    (home / "task.yaml").write_text("task: t\n")
    (home / ".env").write_text("TOKEN=1")
    assert done.spec is not None
    evaluation = done.spec.evaluation.model_copy(update={"tasks": (str(home / "task.yaml"),)})
    spec = done.spec.model_copy(update={"evaluation": evaluation})
    update = prepare_evals(done.model_copy(update={"spec": spec}), runtime(walk))
    assert [path.name for path in Path(update["launch"].inputs["task-0"]).iterdir()] == ["task.yaml"]
