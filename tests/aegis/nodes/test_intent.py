"""What is asked for becomes a spec, and what nobody read is told."""

from dataclasses import replace

import pytest
from langgraph.runtime import Runtime

from aegis.walks import Walk
from muster.aegis.context import Context
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.parse import parse_intent as by_rules
from muster.aegis.nodes.intent import UNREAD, parse_intent
from muster.aegis.state import State
from muster.core.errors import UsageError

WORDS = "LoRA fine-tune ./model on rows.jsonl under $2"


class LeavesOut:
    """Satisfies IntentParser: a model's answer was no use."""

    def parse(self, text: str) -> Intent:
        return by_rules(text).model_copy(update={"left_out": ("the answer was no use",)})


def runtime(walk: Walk, **ports: object) -> Runtime[Context]:
    return Runtime(context=replace(walk.context(), **ports))  # type: ignore[arg-type]


def test_what_a_model_read_in_vain_is_a_warning(walk: Walk) -> None:
    update = parse_intent(State(words=WORDS), runtime(walk, parser=LeavesOut()))
    told = [(one.kind, one.text) for one in update["events"]]
    assert ("warned", "left out of the model's reading: the answer was no use") in told


def test_what_has_no_default_is_asked(walk: Walk) -> None:
    update = parse_intent(State(words="LoRA fine-tune ./model under $2"), runtime(walk))
    assert update["form"] is not None
    assert "data.path" in [one.id for one in update["form"].questions]
    assert "spec" not in update


def test_words_that_nobody_reads_are_asked_about(walk: Walk) -> None:
    update = parse_intent(State(words=f"{WORDS} and paint the shed"), runtime(walk))
    assert update["form"] is not None
    assert [one.id for one in update["form"].questions] == [UNREAD]


def test_an_evaluation_alone_that_is_turned_down_is_wrong_use(walk: Walk) -> None:
    with pytest.raises(UsageError, match="turned down"):
        parse_intent(State(words=f"{WORDS}, no evaluation", only_eval=True, artefact="a"), runtime(walk))
