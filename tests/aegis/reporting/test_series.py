from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from aegis.reporting.runs import NOW, attempt, lines, steps
from muster.aegis.domain.workload import Metric
from muster.aegis.reporting.series import MOST_LINE, MOST_POINTS, spent_by, thinned, told_by

POINTS = st.lists(st.floats(-1e6, 1e6), max_size=3000).map(lambda ys: tuple((float(x), y) for x, y in enumerate(ys)))


def test_steps_and_evaluations_are_curves_of_their_own() -> None:
    told = told_by("r1-train-1", lines([*steps(2), Metric(at=NOW, step=2, loss=4.0, event="eval")]))
    assert told.loss == ((1.0, 5.0), (2.0, 2.5))
    assert told.eval_loss == ((2.0, 4.0),)


def test_memory_is_told_by_the_seconds_of_its_job() -> None:
    assert told_by("j", lines(steps(3))).memory == ((0.0, 101.0), (1.0, 102.0), (2.0, 103.0))


def test_a_line_that_is_no_metric_is_counted() -> None:
    long = b'{"at": "' + b"x" * MOST_LINE + b'"}'
    told = told_by("j", lines(steps(1)) + b"Traceback\n\xff\xfe\n[]\n" + long + b'\n\n{"at": "2026-11-21T04:11')
    assert (len(told.loss), told.skipped) == (1, 5)


def test_a_number_that_nobody_can_draw_is_left_out() -> None:
    odd = b"".join(
        b'{"at": "2026-11-21T04:11:37Z", "step": %b, "loss": %b, "memory_mb": Infinity}\n' % pair
        for pair in ((b"1", b"NaN"), (b"2", b"1e300"), (b"9" * 400, b"1.0"), (b"3", b"null"))
    )
    told = told_by("j", odd)
    assert (told.loss, told.memory) == ((), ())


def test_times_with_and_without_a_zone_are_compared() -> None:
    naive = Metric(at=datetime(2026, 11, 21, 4, 11, 30), step=1, memory_mb=1.0)  # noqa: DTZ001  # a job may write it
    assert told_by("j", lines([naive, *steps(1)])).memory == ((0.0, 1.0), (8.0, 101.0))


def test_the_ends_of_the_calendar_are_times_too() -> None:
    odd = b"".join(
        b'{"at": "%b", "step": 1, "memory_mb": 1}\n' % at
        for at in (b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00")
    )
    assert len(told_by("j", odd).memory) == 2


@given(POINTS)
def test_a_curve_is_never_too_long_and_keeps_its_ends_and_its_peaks(points: tuple[tuple[float, float], ...]) -> None:
    kept = thinned(points)
    assert len(kept) <= MOST_POINTS
    assert set(kept) <= set(points)
    assert list(kept) == sorted(kept)
    assert kept[:1] + kept[-1:] == points[:1] + points[-1:]
    assert max(kept, key=lambda one: one[1], default=(0, 0))[1] == max((y for _, y in points), default=0)


def test_money_goes_on_from_job_to_job() -> None:
    curves = spent_by([attempt(), attempt("eval", seconds=30.0, usd=0.25)])
    assert curves == (
        ("r1-train-1", ((0.0, 0.0), (60.0, 0.5))),
        ("r1-eval-1", ((60.0, 0.5), (90.0, 0.75))),
    )
