"""What is shown of a job that runs: by its own words and times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.diagnosis import Phase
from muster.aegis.domain.progress import Progress, progress_line, seen
from muster.aegis.domain.workload import Metric

BEGAN = datetime(2026, 11, 21, tzinfo=UTC)


def metric(second: float, event: str = "", **more: Any) -> Metric:
    return Metric.model_validate({"at": BEGAN + timedelta(seconds=second), "step": 0, "event": event, **more})


def after(*told: Metric, phase: Phase = "train") -> Progress:
    progress = Progress(phase=phase)
    for one in told:
        progress = seen(progress, one)
    return progress


def line(progress: Progress, second: float, usd_per_hour: float = 0.0) -> str:
    launch = Launch(name="j", phase=progress.phase, at=BEGAN, max_usd=2.0, usd_per_hour=usd_per_hour, inputs={})
    return progress_line(progress, BEGAN + timedelta(seconds=second), launch)


START = metric(10, "start", more={"max_steps": 100})
TWENTY = metric(30, step=20, loss=2.0, tokens=4000, memory_mb=600.4)


def test_everything_that_is_known_is_one_line() -> None:
    shown = line(after(metric(0, "loading"), START, TWENTY), 30, usd_per_hour=36.0)
    assert shown == "train 20 of 100, loss 2, 200 tokens/s, 600 MiB, 30 s, $0.30 of $2.00, 80 s left"


def test_what_is_not_known_is_left_out() -> None:
    assert line(after(), 3) == "train 0, 3 s"


def test_the_time_of_loading_is_no_part_of_the_speed() -> None:
    assert after(metric(0, "loading"), START, TWENTY).tokens_per_s == pytest.approx(200)


def test_a_training_that_goes_on_is_as_fast_as_its_new_steps() -> None:
    start = metric(10, "start", step=80, more={"max_steps": 100})
    assert after(start, metric(20, step=90)).left_s == pytest.approx(10)


def test_nothing_is_left_behind_the_last_step() -> None:
    assert after(START, metric(60, step=100)).left_s == 0


def test_without_a_count_there_is_neither_share_nor_end() -> None:
    progress = after(metric(10, "start"), TWENTY)
    assert (progress.share, progress.left_s) == (None, None)


@pytest.mark.parametrize("most", ["100", -1, None, [1], True])
def test_a_count_that_is_none_is_not_believed(most: Any) -> None:
    assert after(metric(1, "start", more={"max_steps": most})).share in (None, 0.0)


def test_measures_of_an_evaluation_are_counted() -> None:
    told = [metric(n, "measure", more={"measure": f"m{n}", "of": "base", "all": 12}) for n in range(4)]
    progress = after(metric(0, "loading"), *told, phase="eval")
    assert progress.share == pytest.approx(3 / 12)
    assert line(progress, 4) == "eval 3 of 12, 4 s, m3 base"


def test_a_silent_job_is_said_to_live() -> None:
    quiet = after(START, TWENTY, metric(60, "alive", step=20))
    assert line(quiet, 60).endswith("it lives, and has told nothing new for 30 s")


def test_a_job_that_tells_is_not() -> None:
    assert "lives" not in line(after(START, TWENTY), 31)


def test_a_sign_of_life_is_no_step() -> None:
    assert after(START, TWENTY, metric(90, "heartbeat", step=20)).left_s == after(START, TWENTY).left_s
