"""What a trace of aegis is scored by."""

from muster.aegis.agent import scores_of
from muster.aegis.domain.evaluation.judge import judge
from muster.aegis.domain.evaluation.measured import Measured, Measurement
from muster.aegis.domain.spec import Thresholds
from muster.aegis.state import State


def scored(tuned: Measured) -> dict[str, float]:
    measurement = Measurement(base=Measured(losses=(2.0,) * 40), tuned=tuned)
    return dict(scores_of(State(judgement=judge(measurement, Thresholds()))))


def test_a_better_model_has_a_ratio_below_one_and_no_failed_check() -> None:
    found = scored(Measured(losses=(1.0,) * 40))
    assert found["perplexity_ratio"] < 1
    assert found["failed_checks"] == 0


def test_a_check_that_failed_is_counted() -> None:
    assert scored(Measured(losses=(3.0,) * 40))["failed_checks"] == 1


def test_what_was_not_evaluated_has_no_score() -> None:
    assert scores_of(State()) == {}
