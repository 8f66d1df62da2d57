"""Defaults that follow from the model."""

from typing import get_args

import pytest

from muster.aegis.domain.intent.fitting import fit_defaults
from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.settling import Settled, spec_from
from muster.aegis.domain.intent.starter import STARTER
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.shape_checks import check_length
from muster.aegis.domain.spec import Executor

SHORT = ModelFacts(path="m", place="folder", config={"max_position_embeddings": 512})


def wide(hidden_size: int) -> ModelFacts:
    return ModelFacts(path="m", place="folder", config={"hidden_size": hidden_size})


def settled(words: str) -> Settled:
    found = spec_from(parse_intent(f"fine-tune m on rows.jsonl {words}"))
    assert isinstance(found, Settled)
    return found


def test_a_default_length_is_no_longer_than_the_model() -> None:
    assert fit_defaults(settled(""), SHORT).spec.shape.seq_len == 512


def test_a_length_that_was_said_stays() -> None:
    assert fit_defaults(settled("seq 2k"), SHORT).spec.shape.seq_len == 2048


@pytest.mark.parametrize(
    ("words", "width", "rate"),
    [("", 4096, 2e-4), ("", 1024, 2e-4), ("", 576, 4e-4), ("", 96, 2e-3), ("full fine-tuning", 96, 2e-4)],
)
def test_a_narrow_model_is_trained_at_a_higher_rate(words: str, width: int, rate: float) -> None:
    assert fit_defaults(settled(words), wide(width)).spec.optimization.learning_rate == rate


def test_a_rate_that_follows_from_the_model_says_so() -> None:
    origin = fit_defaults(settled(""), wide(96)).origins["optimization.learning_rate"]
    assert (origin.says, origin.reason) == ("default", "10.0 times the usual: a model 96 wide takes larger steps")


def test_a_rate_that_was_said_stays() -> None:
    assert fit_defaults(settled("lr 2e-4"), wide(96)).spec.optimization.learning_rate == 2e-4


def test_a_model_that_does_not_tell_its_width_has_the_usual_rate() -> None:
    assert fit_defaults(settled(""), SHORT).spec.optimization.learning_rate == 2e-4


def starter() -> Settled:
    found = spec_from(parse_intent(""), read_yaml_spec(STARTER))
    assert isinstance(found, Settled)
    return found


def test_the_spec_to_begin_with_suits_a_model_of_few_positions() -> None:
    spec = fit_defaults(starter(), SHORT).spec
    assert list(check_length(Case(spec=spec, model=SHORT))) == []


def test_the_spec_to_begin_with_leaves_the_rate_to_the_model() -> None:
    assert fit_defaults(starter(), wide(96)).spec.optimization.learning_rate == 2e-3


def test_the_spec_to_begin_with_names_every_executor() -> None:
    (line,) = (line for line in STARTER.splitlines() if line.strip().startswith("executor:"))
    assert all(name in line for name in get_args(Executor))
