from datetime import UTC, datetime

import pytest

from muster.aegis.domain.failures.classify import diagnose_log
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


def lines(*losses: float, grad_norm: float | None = 1.0) -> str:
    return "\n".join(
        Metric(at=datetime(2026, 1, 1, tzinfo=UTC), step=number, loss=loss, grad_norm=grad_norm).model_dump_json()
        for number, loss in enumerate(losses, 1)
    )


BROKEN = step(9, None, finite=False).model_dump_json()


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        (f"{lines(2.0, 1.9)}\n{BROKEN}", "numeric_divergence"),
        (lines(0.0, 0.0, 0.0, grad_norm=0.0), "dataset_all_masked"),
        (lines(3.0, 2.5, 2.0, 1.8, 1.7, 4.0, 9.0, 20.0, 40.0), "numeric_divergence"),
        (lines(*[2.3, 2.31] * 30), "no_progress"),
        ("\n".join(f"{{'loss': {2.3 + place % 2 / 100}, 'grad_norm': 0.2}}" for place in range(60)), "no_progress"),
        ("\n".join(["{'loss': '0.0', 'grad_norm': '0.0'}"] * 5), "dataset_all_masked"),
        ("{'loss': 1.9, 'grad_norm': 0.4}\n{'loss': 0.0, 'grad_norm': nan}", "numeric_divergence"),
        ("{'loss': nan, 'grad_norm': 0.0}", "dataset_all_masked"),
    ],
)
def test_what_fails_without_a_word_is_seen_in_its_numbers(log: str, kind: str) -> None:
    found = diagnose_log(log)
    assert found
    assert found.kind == kind


@pytest.mark.parametrize("status", [None, 0])
def test_a_course_that_falls_tells_of_no_failure(status: int | None) -> None:
    assert diagnose_log(lines(*(2.0 - place / 100 for place in range(60))), exit_status=status) is None
