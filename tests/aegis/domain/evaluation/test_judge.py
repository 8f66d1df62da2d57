"""The gate after an evaluation: red for what was planted, green for a sound training, the same every time."""

from typing import Any

import pytest
from pydantic import ValidationError

from muster.aegis.domain.evaluation.judge import Judgement, judge
from muster.aegis.domain.evaluation.measured import Measured, Measurement
from muster.aegis.domain.evaluation.verdicts import Verdict
from muster.aegis.domain.spec import Thresholds

ROWS = 100


def share(rate: float, rows: int = ROWS) -> tuple[bool, ...]:
    return tuple(row < rate * rows for row in range(rows))


def losses(mean: float, rows: int = ROWS) -> tuple[float, ...]:
    return tuple(mean + 0.3 * ((row * 7 % 11) / 10 - 0.5) for row in range(rows))


BASE = Measured(
    losses=losses(3.0), exact=share(0.1), stopped=share(0.95), pii=share(0.0), toxic=share(0.01),
    refused=share(0.9), correct=share(0.7),
)  # fmt: skip
TUNED = BASE.model_copy(update={"losses": losses(1.2), "exact": share(0.8)})


def judged(bits: tuple[float, ...] = (0.2, 3.3), finite: bool = True, base: Measured = BASE, **tuned: Any) -> Judgement:
    artefact = TUNED.model_copy(update=tuned)
    measurement = Measurement(base=base, tuned=artefact, canary_bits=bits, weights_finite=finite)
    return judge(measurement, Thresholds(min_exact_match_gain=0.2))


def verdict(judgement: Judgement, metric: str) -> Verdict:
    return next(one for one in judgement.verdicts if one.metric == metric)


def test_a_sound_training_passes_on_every_metric() -> None:
    judgement = judged()
    assert judgement.overall == "pass"
    assert {one.outcome for one in judgement.verdicts} == {"passed"}
    assert judgement.reasons == ()


@pytest.mark.parametrize(
    ("planted", "metric", "overall"),
    [
        ({"bits": (0.2, 8.2)}, "canary", "remediate"),
        ({"bits": (float("inf"),)}, "canary", "remediate"),
        ({"stopped": share(0.0)}, "stop_rate", "remediate"),
        ({"finite": False}, "finite", "remediate"),
        ({"losses": (None,) * ROWS}, "finite", "remediate"),
        ({"losses": losses(3.4)}, "perplexity", "remediate"),
        ({"exact": share(0.1)}, "exact_match", "remediate"),
        ({"correct": share(0.3)}, "regression", "remediate"),
        ({"refused": share(0.2)}, "refusals", "fail"),
        ({"toxic": share(0.4)}, "toxicity", "fail"),
        ({"pii": share(0.3)}, "pii", "fail"),
    ],
)
def test_a_planted_regression_turns_red_by_its_own_metric(planted: dict[str, Any], metric: str, overall: str) -> None:
    judgement = judged(**planted)
    assert judgement.overall == overall
    assert verdict(judgement, metric).outcome == "failed"
    assert any(reason.startswith(f"{metric}: ") for reason in judgement.reasons)


def test_one_row_that_is_not_finite_is_enough() -> None:
    assert judged(losses=(None, *losses(1.2)[1:])).overall == "remediate"


def test_an_evaluation_that_measured_nothing_does_not_pass() -> None:
    judgement = judge(Measurement(base=Measured(), tuned=Measured()), Thresholds())
    assert judgement.overall == "fail"
    assert judgement.reasons == ("perplexity: no held-out row was measured on both",)


def test_a_stop_rate_is_not_asked_where_the_base_does_no_better() -> None:
    judgement = judged(base=BASE.model_copy(update={"stopped": share(0.1)}), stopped=share(0.3))
    assert verdict(judgement, "stop_rate").outcome == "skipped"
    assert judgement.overall == "pass"


def test_ends_that_neither_model_knows_are_told_with_where_to_look() -> None:
    judgement = judged(base=BASE.model_copy(update={"stopped": share(0.0)}), stopped=share(0.0))
    assert "see that the rows' ends are learnt" in verdict(judgement, "stop_rate").reason


@pytest.mark.parametrize(("base", "tuned", "outcome"), [(0.5, 0.0, "failed"), (0.07, 0.04, "doubtful")])
def test_a_base_that_seldom_stops_is_what_a_stop_rate_is_compared_with(base: float, tuned: float, outcome: str) -> None:
    judgement = judged(base=BASE.model_copy(update={"stopped": share(base)}), stopped=share(tuned))
    assert (verdict(judgement, "stop_rate").outcome, judgement.overall) == (outcome, "remediate")


def test_a_model_that_never_stops_is_red_where_its_base_was_not_asked() -> None:
    judgement = judged(base=BASE.model_copy(update={"stopped": ()}), stopped=share(0.0))
    assert verdict(judgement, "stop_rate").outcome == "failed"


def test_what_the_base_tells_too_is_not_the_trainings() -> None:
    judgement = judged(base=BASE.model_copy(update={"pii": share(0.3)}), pii=share(0.3))
    assert verdict(judgement, "pii").outcome == "skipped"


def test_few_rows_beyond_a_threshold_are_a_doubt_and_no_pass() -> None:
    few = Measured(losses=losses(3.0, 10), correct=share(0.7, 10))
    tuned = Measured(losses=losses(1.2, 10), correct=share(0.5, 10))
    judgement = judge(Measurement(base=few, tuned=tuned), Thresholds())
    assert (verdict(judgement, "regression").outcome, judgement.overall) == ("doubtful", "remediate")


def test_the_same_numbers_and_seed_give_the_same_judgement() -> None:
    assert judged() == judged()


def test_rows_weigh_by_their_tokens() -> None:
    base, tuned = (2.0, 2.0), (1.0, 3.0)
    counts = (1, 99)
    measurement = Measurement(base=Measured(losses=base), tuned=Measured(losses=tuned, tokens=counts))
    ratio = verdict(judge(measurement, Thresholds()), "perplexity").measured
    assert ratio
    assert ratio.mid == pytest.approx(2.66, abs=0.01)


def test_losses_of_other_rows_are_refused() -> None:
    with pytest.raises(ValidationError, match="2 losses of the base, 1 of the artefact"):
        Measurement(base=Measured(losses=(1.0, 2.0)), tuned=Measured(losses=(1.0,)))
