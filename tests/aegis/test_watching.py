"""What a person sees of a job while it runs, and how often."""

from datetime import timedelta
from pathlib import Path

import pytest

from aegis.fakes import Play
from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.workload import Metric, Workload
from muster.aegis.watching import Shown, follow_metered
from muster.core.testing.clock import FakeClock


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path), seconds=0.1)


def shown(walk: Walk, *told: Metric, name: str = "r1-train-1") -> list[Shown]:
    """Each line takes the walk's seconds."""
    walk.executor.plays[name] = Play(metrics=told)
    context, job = walk.context(), walk.executor.submit(Workload(name=name, script=""))
    launch = Launch(name=name, phase="train", at=context.clock.now(), max_usd=2, usd_per_hour=0, inputs={})
    lines: list[Shown] = []
    follow_metered(context, walk.world.training, launch, job, lines.append)
    return lines


def steps(count: int) -> list[Metric]:
    at = FakeClock().now()
    return [Metric(at=at + timedelta(seconds=one / 10), step=one, loss=2.0) for one in range(1, count + 1)]


def test_steps_are_shown_once_a_second(walk: Walk) -> None:
    assert len(shown(walk, *steps(50))) == 5


def test_few_of_them_stay(walk: Walk) -> None:
    assert [one.passing for one in shown(walk, *steps(50))] == [False, True, True, True, True]


def test_what_changes_the_course_is_shown_at_once_and_stays(walk: Walk) -> None:
    checkpoint = Metric(at=FakeClock().now(), step=3, event="checkpoint")
    assert [one.passing for one in shown(walk, *steps(3), checkpoint)] == [False, False]


def test_a_heartbeat_is_shown_and_passes(walk: Walk) -> None:
    walk.executor.seconds = 5.0
    beat = Metric(at=FakeClock().now(), step=1, event="heartbeat")
    assert [one.passing for one in shown(walk, *steps(1), beat)] == [False, True]
