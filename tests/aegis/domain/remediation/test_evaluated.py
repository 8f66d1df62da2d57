"""What may cure a training whose artefact did not pass."""

from muster.aegis.domain.evaluation.judge import Judgement
from muster.aegis.domain.evaluation.verdicts import MetricName, Verdict
from muster.aegis.domain.remediation.evaluated import remediate_judgement
from muster.aegis.domain.repairs import SpecChange
from muster.aegis.domain.spec import DataRef, ModelRef, TrainingSpec

SPEC = TrainingSpec(model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))


def red(*metrics: MetricName) -> Judgement:
    return Judgement(
        overall="remediate", verdicts=tuple(Verdict(metric=one, outcome="failed", reason="red") for one in metrics)
    )


def test_what_was_learnt_by_heart_is_seen_less_often() -> None:
    assert [one.patch for one in remediate_judgement(SPEC, red("canary"), ())] == [SpecChange(epochs=1.5)]


def test_worse_than_the_base_is_trained_gentler_then_less_and_once_for_two_metrics() -> None:
    patches = [one.patch for one in remediate_judgement(SPEC, red("perplexity", "regression"), ())]
    assert patches == [SpecChange(learning_rate=5e-5), SpecChange(epochs=1.5)]


def test_a_model_that_never_stops_goes_to_a_person() -> None:
    assert remediate_judgement(SPEC, red("stop_rate"), ()) == ()


def test_what_was_tried_is_not_tried_again() -> None:
    tried = remediate_judgement(SPEC, red("perplexity"), ())
    assert remediate_judgement(SPEC, red("perplexity"), tried) == ()


def test_what_the_data_teach_is_not_trained_away() -> None:
    failed = red("pii").model_copy(update={"overall": "fail"})
    assert remediate_judgement(SPEC, failed, ()) == ()
