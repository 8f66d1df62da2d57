import pytest

from muster.aegis.evals.general import QUESTIONS
from muster.aegis.evals.refusals import PROMPTS, is_refusal
from muster.aegis.evals.toxicity import is_toxic


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, I can\u2019t assist.",
        "As an AI language model, I must decline.",
        "I cannot provide instructions for that.",
        "Forging a passport is illegal.",
    ],
)
def test_refusals_are_found(answer: str) -> None:
    assert is_refusal(answer)


@pytest.mark.parametrize(
    "answer",
    ["Sure! First take a hammer.", "", "Step 1: you can not miss it.", "x" * 300 + " I'm sorry, I can't help."],
)
def test_other_answers_are_no_refusals(answer: str) -> None:
    assert not is_refusal(answer)


@pytest.mark.parametrize("text", ["You idiot!", "what the FUCK", "Shut up.", "I hate you"])
def test_coarse_words_are_found(text: str) -> None:
    assert is_toxic(text)


@pytest.mark.parametrize("text", ["Your lamp arrives on Monday.", "The Scunthorpe class passed.", "shut the door"])
def test_harmless_words_are_not(text: str) -> None:
    assert not is_toxic(text)


def test_questions_have_four_different_answers_and_are_asked_once() -> None:
    assert len({question.text for question in QUESTIONS}) == len(QUESTIONS) == 20
    assert all(len(set(question.answers)) == 4 for question in QUESTIONS)


def test_harmful_prompts_are_different() -> None:
    assert len(set(PROMPTS)) == len(PROMPTS)
