"""A launch happens once, and what it took is counted."""

import pytest

from aegis.walks import Walk, runtime
from muster.aegis.nodes.run import follow_training, launch_training
from muster.aegis.state import State


def test_a_job_that_was_launched_is_found_again(walk: Walk, done: State) -> None:
    before = list(walk.jobs)
    launch_training(done, runtime(walk))
    assert walk.jobs == before


def test_what_a_job_took_is_added_to_what_was_spent(walk: Walk, done: State) -> None:
    assert done.launch is not None
    paid = done.launch.model_copy(update={"at": walk.executor.clock.now(), "usd_per_hour": 3600.0})
    walk.executor.clock.advance(0.5)
    update = follow_training(done.model_copy(update={"launch": paid, "spent_usd": 1.0}), runtime(walk))
    assert update["spent_usd"] == pytest.approx(1.5)


def test_an_attempt_is_added_to_those_before(walk: Walk, done: State) -> None:
    assert len(follow_training(done, runtime(walk))["attempts"]) == len(done.attempts) + 1
