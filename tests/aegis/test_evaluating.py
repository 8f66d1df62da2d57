"""The evaluation alone, of an artefact that is given: the same graph, without a training."""

from pathlib import Path
from typing import Any

import pytest

from aegis.fakes import Play
from aegis.walks import OUT_OF_MEMORY, Walk, evaluated
from aegis.worlds import World
from muster.core.errors import UsageError


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def walk_of(world: World, **more: Any) -> Walk:
    """The base itself is a whole model, and so an artefact."""
    return Walk(world, **{"artefact": str(world.model), **more})


def test_nothing_is_trained(world: World) -> None:
    walk = walk_of(world)
    assert walk.verdict().ok
    assert walk.jobs == ["r1-eval-1"]


def test_the_given_artefact_is_what_is_evaluated(world: World) -> None:
    walk = walk_of(world)
    walk.run()
    assert walk.executor.submitted[0].inputs["artefact"] == str(world.model)


def test_one_worse_than_its_base_is_red_and_nothing_is_trained_for_it(world: World) -> None:
    walk = walk_of(world, plays={"r1-eval-1": evaluated(3.0)})
    assert not walk.verdict().ok
    assert walk.jobs == ["r1-eval-1"]


def test_an_evaluation_out_of_memory_is_tried_with_a_smaller_batch(world: World) -> None:
    walk = walk_of(world, plays={"r1-eval-1": OUT_OF_MEMORY})
    state = walk.run()
    assert walk.jobs == ["r1-eval-1", "r1-eval-2"]
    assert state.spec is not None
    assert state.spec.evaluation.batch == 4


def test_each_attempt_has_a_permit_of_its_own(world: World) -> None:
    assert len(set(walk_of(world, plays={"r1-eval-1": OUT_OF_MEMORY}).run().used)) == 2


def test_a_repair_of_the_training_is_not_proposed(world: World) -> None:
    full = Play(exit_status=1, log_tail="OSError: [Errno 28] No space left on device")
    walk = walk_of(world, plays={"r1-eval-1": full})
    state = walk.run()
    assert state.diagnosis is not None
    assert state.diagnosis.kind == "storage_full"
    assert (state.proposals, walk.jobs) == ([], ["r1-eval-1"])


def test_nothing_is_launched_above_the_hard_sum(world: World) -> None:
    walk = walk_of(world, usd_per_hour=5000.0)
    assert "above the hard limit" in walk.verdict().summary
    assert walk.jobs == []


def test_it_costs_less_than_a_training(world: World) -> None:
    alone = walk_of(world, usd_per_hour=1.0, answers={"budget": ["approve"]}).run().estimate
    whole = Walk(world, words="for 9 epochs", usd_per_hour=1.0, answers={"budget": ["approve"]}).run().estimate
    assert alone is not None
    assert whole is not None
    assert alone.usd.mid < whole.usd.mid


def test_nothing_cheaper_is_offered(world: World) -> None:
    walk = walk_of(world, usd_per_hour=10.0, answers={"budget": ["approve"]})
    state = walk.run()
    assert walk.asked == ["budget"]
    assert state.savings == []


def test_a_folder_that_is_not_there_is_refused(world: World) -> None:
    walk = walk_of(world, artefact=str(world.folder / "nothing"))
    assert "no artefact" in walk.verdict().summary
    assert walk.jobs == []


def test_without_rows_that_are_held_out_nothing_is_launched(world: World) -> None:
    walk = walk_of(world, words="hold out 0%")
    assert "none held out to evaluate on" in walk.verdict().summary
    assert walk.jobs == []


def test_an_evaluation_that_is_turned_down_contradicts(world: World) -> None:
    with pytest.raises(UsageError, match="turned down"):
        walk_of(world, words="no evaluation").run()
