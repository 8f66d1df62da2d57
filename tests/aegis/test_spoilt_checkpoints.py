"""A training that diverges at once after a checkpoint: the checkpoint is spoilt, though its numbers are finite."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aegis.fakes import Play
from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.domain.workload import Metric


def step(number: int, *, finite: bool = True) -> Metric:
    return Metric(at=datetime(2026, 1, 1, tzinfo=UTC), step=number, loss=2.0, grad_norm=1.0 if finite else None,
                  finite=finite)  # fmt: skip


def checkpoints(world: World, *steps: int) -> dict[str, bytes]:
    whole = {path.name: path.read_bytes() for path in world.checkpoint().iterdir()}
    return {
        f"checkpoints/checkpoint-{number}/{name}": b'{"global_step": %d}' % number if name.endswith(".json") else data
        for number in steps
        for name, data in whole.items()
    }


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def gone_on_from(world: World, plays: dict[str, Play]) -> list[str]:
    walk = Walk(world, words="lr 1", plays=plays)
    walk.run()
    return [Path(one.inputs.get("checkpoint", "")).name for one in walk.executor.submitted if "-train-" in one.name]


def test_the_one_before_a_spoilt_checkpoint_is_gone_on_from(world: World) -> None:
    first = Play(metrics=(step(24), step(26, finite=False)), files=checkpoints(world, 20, 25), exit_status=1)
    at_once = Play(metrics=(step(26, finite=False),), exit_status=1)
    assert gone_on_from(world, {"r1-train-1": first, "r1-train-2": at_once}) == ["", "checkpoint-25", "checkpoint-20"]


def test_without_one_before_it_the_training_begins_anew(world: World) -> None:
    first = Play(metrics=(step(24), step(26, finite=False)), files=checkpoints(world, 25), exit_status=1)
    at_once = Play(metrics=(step(26, finite=False),), exit_status=1)
    assert gone_on_from(world, {"r1-train-1": first, "r1-train-2": at_once}) == ["", "checkpoint-25", ""]


def test_a_checkpoint_that_trained_well_for_a_while_is_kept(world: World) -> None:
    first = Play(metrics=(step(24), step(26, finite=False)), files=checkpoints(world, 20, 25), exit_status=1)
    later = Play(metrics=(step(26), step(27, finite=False)), exit_status=1)
    assert gone_on_from(world, {"r1-train-1": first, "r1-train-2": later}) == ["", "checkpoint-25", "checkpoint-25"]
