"""Watching a job: the money, the time, the curve, the silence."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.aegis.domain.metering import Watch, affordable_s, decide_stop, spend_usd, tells_progress
from muster.aegis.domain.workload import Metric, Stopping

AT = datetime(2026, 11, 21, tzinfo=UTC)
WATCH = Watch(usd_per_hour=3.6, max_usd=1.0, checkpoint_s=30, look_s=10, stall_s=600, start_s=900)


def metric(step: int, loss: float | None) -> Metric:
    return Metric(at=AT, step=step, loss=loss, finite=loss is not None)


SOUND = (metric(1, 2.0),)


@pytest.mark.parametrize(
    ("elapsed", "silent", "why"),
    [(10, 1, None), (959, 1, None), (960, 1, "budget"), (700, 601, "stalled"), (700, 600, None)],
)
def test_money_and_silence_end_a_job_in_time(elapsed: float, silent: float, why: Stopping | None) -> None:
    assert decide_stop(WATCH, SOUND, elapsed_s=elapsed, silent_s=silent) == why


def test_before_the_first_metric_it_may_be_silent_for_longer() -> None:
    assert decide_stop(WATCH, (), elapsed_s=800, silent_s=800) is None
    assert decide_stop(WATCH, (), elapsed_s=901, silent_s=901) == "stalled"


def test_a_process_that_only_lives_makes_no_progress() -> None:
    beats = [metric(1, None).model_copy(update={"finite": True, "event": event}) for event in ("alive", "heartbeat")]
    assert not any(tells_progress(beat) for beat in beats)
    assert decide_stop(WATCH, beats, elapsed_s=800, silent_s=800) is None
    assert tells_progress(SOUND[0])


def test_the_first_number_that_is_none_ends_it() -> None:
    assert decide_stop(WATCH, (*SOUND, metric(2, None)), elapsed_s=10, silent_s=1) == "diverged"


def test_a_limit_of_time_leaves_time_for_a_checkpoint() -> None:
    watch = WATCH.model_copy(update={"usd_per_hour": 0.0, "max_seconds": 100.0})
    assert decide_stop(watch, SOUND, elapsed_s=59, silent_s=1) is None
    assert decide_stop(watch, SOUND, elapsed_s=60, silent_s=1) == "timeout"


def test_time_that_costs_nothing_is_endless() -> None:
    free = WATCH.model_copy(update={"usd_per_hour": 0.0, "max_usd": 0.0})
    assert decide_stop(free, SOUND, elapsed_s=10**6, silent_s=1) is None


def test_a_job_that_can_not_even_leave_in_time_is_ended_at_once() -> None:
    assert decide_stop(WATCH.model_copy(update={"max_usd": 0.01}), SOUND, elapsed_s=0, silent_s=0) == "budget"


@given(
    price=st.floats(0.01, 100), money=st.floats(0, 50), checkpoint=st.floats(0, 300), look=st.floats(0.1, 60), phase=st.floats(0, 1)
)  # fmt: skip
def test_whoever_obeys_is_gone_before_the_money_is(
    price: float, money: float, checkpoint: float, look: float, phase: float
) -> None:
    watch = Watch(usd_per_hour=price, max_usd=money, checkpoint_s=checkpoint, look_s=look)
    moment = affordable_s(watch)
    if moment <= 0:
        assert decide_stop(watch, SOUND, elapsed_s=0, silent_s=0) == "budget"
        return
    last_look_before = moment - phase * look
    seen_at = last_look_before + look
    assert decide_stop(watch, SOUND, elapsed_s=max(seen_at, moment), silent_s=0) == "budget"
    assert spend_usd(seen_at + checkpoint, price) <= money * (1 + 1e-9) + 1e-9
