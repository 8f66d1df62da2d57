"""The parser with a model: what is believed of its answers, and what never is."""

import json

import pytest

from core.llm.asking import model_of
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.modelled import IntentAnswer
from muster.aegis.domain.intent.settling import Settled, spec_from
from muster.aegis.prompt_uses import PROMPTS
from muster.aegis.tools.model_intent_parser import ModelIntentParser
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.core.llm.ports import Model
from muster.core.prompts.library import FilePrompts
from muster.core.testing.models import ScriptedModel
from muster.core.testing.openai_double import OpenAIDouble, fails, says

WORDS = "LoRA fine-tune tiny-llama on rows.jsonl under $2"
PASSES = {"field": "epochs", "value": "2", "quote": "a couple of passes"}


def parsed(words: str, model: Model) -> Intent:
    return ModelIntentParser(RulesIntentParser(), model, FilePrompts(PROMPTS.folder)).parse(f"{WORDS}, {words}")


def read(words: str, *wishes: dict[str, str]) -> Intent:
    return parsed(words, ScriptedModel([IntentAnswer.model_validate({"wishes": wishes})]))


def wish(field: str, value: str, quote: str) -> dict[str, str]:
    return {"field": field, "value": value, "quote": quote}


def test_what_no_rule_reads_is_read_with_its_words() -> None:
    epochs = read("a couple of passes", PASSES).epochs
    assert epochs is not None
    assert (epochs.value, epochs.source, epochs.where) == (2.0, "model", '"a couple of passes"')


def test_words_that_are_read_are_no_longer_asked_about() -> None:
    assert read("a couple of passes", PASSES).not_understood == ()


def test_the_rest_of_a_clause_is_still_asked_about() -> None:
    left = read("a couple of passes and paint the shed", PASSES).not_understood
    assert left == ("and paint the shed",)


def test_the_spec_says_that_a_model_read_it() -> None:
    settled = spec_from(read("a couple of passes", PASSES))
    assert isinstance(settled, Settled)
    assert settled.origins["optimization.epochs"].says == "model"


def test_a_model_is_not_asked_where_rules_read_all() -> None:
    model = ScriptedModel([])
    parsed("for 3 epochs", model)
    assert model.prompts == []


@pytest.mark.parametrize(
    "claim",
    [
        wish("epochs", "2", "for two rounds"),
        wish("epochs", "2", ""),
        wish("epochs", "2", "tiny-llama"),
        wish("epochs", "many", "a couple of passes"),
        wish("epochs", "100000", "a couple of passes"),
        wish("epochs", "-1", "a couple of passes"),
        wish("epochs", "nan", "a couple of passes"),
        wish("method", "magic", "a couple of passes"),
        wish("batch", "0", "a couple of passes"),
        wish("not_understood", "x", "a couple of passes"),
        wish("shell", "rm -rf /", "a couple of passes"),
        wish("eval_data", "/etc/passwd", "a couple of passes"),
        wish("soft_usd", "1", "a couple of passes"),
    ],
    ids=lambda claim: f"{claim['field']}={claim['value']}: {claim['quote'][:10]}",
)
def test_what_is_not_said_or_out_of_bounds_is_left_out_and_told(claim: dict[str, str]) -> None:
    intent = read("a couple of passes", claim)
    assert len(intent.left_out) == 1
    assert intent.not_understood == ("a couple of passes",)


def test_the_rules_are_never_overruled_and_the_words_are_asked_about() -> None:
    intent = read("money is no object, spend 900 dollarinos", wish("max_usd", "900", "spend 900 dollarinos"))
    assert intent.max_usd is not None
    assert intent.max_usd.value == 2.0
    assert any("900" in clause for clause in intent.not_understood)


def test_a_wish_that_contradicts_another_is_not_taken() -> None:
    intent = read("for 50 steps; a couple of passes", PASSES)
    assert intent.epochs is None
    assert intent.not_understood == ("a couple of passes",)


def test_two_values_of_one_wish_are_not_both_taken() -> None:
    intent = read("a couple of passes, a few rounds", PASSES, wish("epochs", "3", "a few rounds"))
    assert intent.epochs is not None
    assert (intent.epochs.value, intent.not_understood) == (2.0, ("a few rounds",))


def test_an_answer_without_end_is_cut() -> None:
    intent = read("a couple of passes", *[wish("x", "1", "y")] * 500)
    assert len(intent.left_out) <= 41


def test_an_answer_that_is_no_use_leaves_the_rules_alone() -> None:
    intent = parsed("a couple of passes", ScriptedModel(["gibberish"]))
    assert intent.not_understood == ("a couple of passes",)
    assert "no use" in intent.left_out[0]


def test_the_material_is_fenced() -> None:
    model = ScriptedModel([])
    parsed("a couple of passes", model)
    assert "=== BEGIN UNREAD " in model.prompts[0].material
    assert "a couple of passes" not in model.prompts[0].instructions.split("## How to read")[0]


def test_over_the_wire_an_answer_is_read() -> None:
    with OpenAIDouble(says(json.dumps({"wishes": [PASSES]}))) as double:
        epochs = parsed("a couple of passes", model_of(double)).epochs
    assert epochs is not None
    assert epochs.value == 2.0


def test_over_the_wire_a_server_that_refuses_leaves_the_rules_alone() -> None:
    with OpenAIDouble(fails(401)) as double:
        intent = parsed("a couple of passes", model_of(double))
    assert "rules go on alone" in intent.left_out[0]


def test_a_budget_that_is_spent_leaves_the_rules_alone() -> None:
    with OpenAIDouble(says(json.dumps({"wishes": [PASSES]}))) as double:
        intent = parsed("a couple of passes", model_of(double, max_usd=0.000001))
    assert double.requests == []
    assert "rules go on alone" in intent.left_out[0]
