"""Whole runs over fakes: what is launched, what is asked, where it ends."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aegis.fakes import Play
from aegis.walks import OUT_OF_MEMORY, TRAINED, Walk, evaluated
from aegis.worlds import World
from muster.aegis.agent import QUESTION_IDS, sections_of
from muster.aegis.domain.workload import Metric
from muster.core.errors import UsageError
from muster.core.testing.reloading import reloaded

STEPS = tuple(Metric(at=datetime(2026, 1, 1, tzinfo=UTC), step=step, loss=2.0 - step / 100) for step in range(1, 60))
ASKED_USD = 5.0
"""An hour of the machine: above the soft sum by the estimate's upper end, below the hard one by its middle."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_sound_training_is_evaluated_and_passes(world: World) -> None:
    walk = Walk(world)
    assert walk.verdict().ok
    assert walk.jobs == ["r1-train-1", "r1-eval-1"]


def test_nobody_is_asked_below_the_soft_sum(world: World) -> None:
    walk = Walk(world)
    walk.run()
    assert walk.asked == []


def test_no_evaluation_is_run_where_none_is_asked_for(world: World) -> None:
    walk = Walk(world, words="no evaluation")
    assert walk.verdict().ok
    assert walk.jobs == ["r1-train-1"]


def test_rows_that_are_refused_launch_nothing(world: World) -> None:
    world.rows([])
    walk = Walk(world)
    assert not walk.verdict().ok
    assert walk.jobs == []


@pytest.mark.parametrize("usd_per_hour", [200.0, 5000.0])
def test_nothing_is_launched_above_the_hard_sum(world: World, usd_per_hour: float) -> None:
    walk = Walk(world, usd_per_hour=usd_per_hour)
    assert "above the hard limit" in walk.verdict().summary
    assert walk.jobs == []


def test_between_the_sums_a_person_is_asked_and_nobody_means_no(world: World) -> None:
    walk = Walk(world, usd_per_hour=ASKED_USD)
    assert "cancelled" in walk.verdict().summary
    assert (walk.asked, walk.jobs) == (["budget"], [])


def test_what_a_person_approves_is_launched(world: World) -> None:
    walk = Walk(world, usd_per_hour=ASKED_USD, answers={"budget": ["approve"]})
    assert walk.verdict().ok


def test_optimizing_is_a_loop_that_counts(world: World) -> None:
    walk = Walk(world, usd_per_hour=ASKED_USD, answers={"budget": ["optimize"]})
    repairs = len(walk.run().repairs)
    assert repairs > 0
    assert walk.jobs[0] == f"r1-train-{repairs + 1}"


def test_after_the_last_attempt_nothing_is_optimized(world: World) -> None:
    walk = Walk(world, usd_per_hour=40.0, answers={"budget": ["optimize"]}, max_attempts=0)
    with pytest.raises(UsageError, match="optimize"):
        walk.run()


def test_a_training_out_of_memory_is_repaired(world: World) -> None:
    state = Walk(world, plays={"r1-train-1": OUT_OF_MEMORY}).run()
    assert state.spec is not None
    assert state.spec.optimization.micro_batch == 4
    assert state.judgement is not None


def test_a_repair_keeps_the_effective_batch(world: World) -> None:
    state = Walk(world, plays={"r1-train-1": OUT_OF_MEMORY}).run()
    assert state.spec is not None
    assert state.first_spec is not None
    assert state.spec.effective_batch == state.first_spec.effective_batch


@pytest.mark.parametrize("most", [0, 1, 2])
def test_there_are_no_more_repairs_than_allowed(world: World, most: int) -> None:
    plays = {f"r1-train-{number}": OUT_OF_MEMORY for number in range(1, 9)}
    walk = Walk(world, plays=plays, max_attempts=most)
    assert not walk.verdict().ok
    assert len(walk.jobs) == most + 1


def test_an_evaluation_out_of_memory_is_repaired_without_another_training(world: World) -> None:
    walk = Walk(world, plays={"r1-eval-1": OUT_OF_MEMORY})
    state = walk.run()
    assert walk.jobs == ["r1-train-1", "r1-eval-1", "r1-eval-2"]
    assert state.spec is not None
    assert state.spec.evaluation.batch == 4


def test_a_training_that_left_nothing_has_failed(world: World) -> None:
    verdict = Walk(world, plays={"r1-train-1": Play()}).verdict()
    assert "left no artefact" in verdict.summary


def test_an_evaluation_that_can_not_be_read_is_no_pass(world: World) -> None:
    assert not Walk(world, plays={"r1-eval-1": Play(files={"evaluation.json": b"{}"})}).verdict().ok


def test_a_model_worse_than_its_base_is_trained_anew_and_not_for_ever(world: World) -> None:
    plays = {f"r1-eval-{number}": evaluated(3.0) for number in range(1, 9)}
    walk = Walk(world, plays=plays)
    assert not walk.verdict().ok
    assert 1 < sum("train" in name for name in walk.jobs) <= 4


def test_a_training_is_stopped_before_it_passes_the_hard_sum(world: World) -> None:
    plays = {"r1-train-1": Play(metrics=STEPS, files=TRAINED.files)}
    walk = Walk(world, plays=plays, usd_per_hour=ASKED_USD, answers={"budget": ["approve"]})
    state = walk.run()
    assert walk.executor.stopped == {"r1-train-1": "budget"}
    assert 1.5 < state.spent_usd <= 2.0


def test_a_stopped_training_is_not_evaluated(world: World) -> None:
    plays = {"r1-train-1": Play(metrics=STEPS, files=TRAINED.files)}
    walk = Walk(world, plays=plays, usd_per_hour=ASKED_USD, answers={"budget": ["approve"]})
    assert not walk.verdict().ok
    assert walk.jobs == ["r1-train-1"]


def test_words_that_nobody_understands_are_asked_about_and_mean_no(world: World) -> None:
    walk = Walk(world, words="and paint the shed")
    assert not walk.verdict().ok
    assert (walk.asked, walk.jobs) == (["not_understood"], [])


def test_every_question_is_announced(world: World) -> None:
    walk = Walk(
        world, words="and paint the shed", answers={"not_understood": True, "budget": ["cancel"]}, usd_per_hour=5
    )
    walk.run()
    assert set(walk.asked) <= set(QUESTION_IDS)


def test_a_finished_run_comes_back_from_its_checkpoint(world: World) -> None:
    state = Walk(world, plays={"r1-train-1": OUT_OF_MEMORY}).run()
    assert reloaded(state) == state


def test_rows_stay_out_of_the_state(world: World) -> None:
    assert "how do I" not in Walk(world).run().model_dump_json()


def test_the_report_has_spec_changes_jobs_verdicts_and_hashes(world: World) -> None:
    state = Walk(world, plays={"r1-train-1": OUT_OF_MEMORY}).run()
    titles = [section.title for section in sections_of(state)]
    assert titles == ["The spec", "Changes of the spec", "What ran", "Evaluation against the base", "Hashes"]


def test_the_hashes_name_script_rows_and_artefact(world: World) -> None:
    hashes = Walk(world).run().hashes
    assert {"r1-train-1.py", "r1-eval-1.py", "train.jsonl", "eval.jsonl", "artefact"} <= hashes.keys()
