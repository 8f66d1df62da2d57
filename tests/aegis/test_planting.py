"""Canaries in a run: planted on request, told, and handed to the evaluation."""

from pathlib import Path

import pytest

from aegis.walks import Walk
from aegis.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_an_evaluation_gets_the_canaries_that_were_planted(world: World) -> None:
    walk = Walk(world, words="plant 2 canaries")
    state = walk.run()
    (evaluation,) = [one for one in walk.executor.submitted if one.name == "r1-eval-1"]
    assert state.written is not None
    assert evaluation.inputs["canaries.json"] == state.written.canaries


def test_an_evaluation_gets_none_where_none_were_asked_for(world: World) -> None:
    walk = Walk(world)
    walk.run()
    assert [one.name for one in walk.executor.submitted if "canaries.json" in one.inputs] == []


def test_a_run_tells_what_it_plants_before_it_trains(world: World) -> None:
    told = [event.detail + event.text for event in Walk(world, words="plant 2 canaries").run().events]
    assert sum("2 rows with made-up secrets are added" in one for one in told) == 2  # with the rows, with the script
