from datetime import UTC, datetime

from muster.aegis.domain.failures.metrics import first_bad_step
from muster.aegis.domain.workload import Metric


def step(number: int, loss: float | None, *, finite: bool = True) -> Metric:
    return Metric(at=datetime(2026, 1, 1, tzinfo=UTC), step=number, loss=loss, finite=finite)


def test_the_first_report_that_is_not_finite_is_bad() -> None:
    assert first_bad_step([step(1, 2.0), step(2, None, finite=False), step(3, None, finite=False)]) == 2


def test_what_follows_the_least_loss_of_an_explosion_is_bad() -> None:
    losses = [2.0, 1.9, 1.8, 1.7, 9.0, 30.0, 90.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0]
    assert first_bad_step([step(number, loss) for number, loss in enumerate(losses, 1)]) == 5


def test_a_sound_course_has_no_bad_step() -> None:
    assert first_bad_step([step(number, 2.0 - number / 100) for number in range(1, 20)]) is None
