"""What has no safe default, as typed questions. Their ids are dotted paths of the spec."""

from collections.abc import Mapping

from pydantic import JsonValue

from muster.core.gates.questions import Question, TextQuestion

Said = Mapping[str, JsonValue]

_MONEY = r"\d{1,6}(\.\d{1,2})?"


def questions(said: Said) -> list[Question]:
    """In the order in which a person thinks of them; empty when all is known."""
    asked = [_model(said), _data(said), _gpu(said), _most(said)]
    return [question for question in asked if question is not None]


def _model(said: Said) -> Question | None:
    if said.get("model.path"):
        return None
    text = "Which model is to be fine-tuned?"
    return TextQuestion(
        id="model.path", text=text, reason="every model learns something else", like="models/tiny-llama"
    )


def _data(said: Said) -> Question | None:
    if said.get("data.path"):
        return None
    text = "Which file holds the rows to train on?"
    return TextQuestion(id="data.path", text=text, reason="nobody said", like="data/support.jsonl")


def _gpu(said: Said) -> Question | None:
    if said.get("method") != "qlora" or said.get("target.gpu"):
        return None
    text = "Which GPU is to train it?"
    return TextQuestion(id="target.gpu", text=text, reason="qlora wants one, and they cost differently", like="A10G")


def _most(said: Said) -> Question | None:
    soft = said.get("budget.soft_usd")
    if not isinstance(soft, int | float) or said.get("budget.max_usd") is not None or soft <= 5:
        return None
    text = "How many dollars may it cost at most?"
    reason = f"you are asked above {soft:g}, which is beyond the usual limit of 5"
    return TextQuestion(id="budget.max_usd", text=text, reason=reason, pattern=_MONEY, like="20")
