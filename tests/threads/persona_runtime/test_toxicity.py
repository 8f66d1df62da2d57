import pytest

from muster.threads.persona_runtime.toxicity import THRESHOLD, ToxicityModel

MODEL = ToxicityModel()
TEXTS = [
    "",
    "ж",
    "Go gently.",
    "What if rest is not a test? rest, rest",
    "You are a stupid idiot",
    "Damn, that bread is good",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_folded_model_scores_as_its_own_call_does(text: str) -> None:
    from profanity_check import predict_prob

    assert MODEL.score(text) == pytest.approx(float(predict_prob([text])[0]))


def test_an_insult_is_above_the_threshold_and_a_curse_without_a_target_below() -> None:
    assert MODEL.score("you are a stupid idiot") > THRESHOLD > MODEL.score("damn, that bread is good")
