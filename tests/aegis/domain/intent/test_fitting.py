from muster.aegis.domain.intent.fitting import fit_defaults
from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.settling import Settled, spec_from
from muster.aegis.domain.intent.starter import STARTER
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.aegis.domain.preflight.model_facts import ModelFacts

SHORT = ModelFacts(path="m", place="folder", config={"max_position_embeddings": 512})


def settled(words: str) -> Settled:
    found = spec_from(parse_intent(f"fine-tune m on rows.jsonl {words}"))
    assert isinstance(found, Settled)
    return found


def test_a_default_length_is_no_longer_than_the_model() -> None:
    assert fit_defaults(settled(""), SHORT).spec.shape.seq_len == 512


def test_a_length_that_was_said_stays() -> None:
    assert fit_defaults(settled("seq 2k"), SHORT).spec.shape.seq_len == 2048


def test_the_spec_to_begin_with_is_whole() -> None:
    assert isinstance(spec_from(parse_intent(""), read_yaml_spec(STARTER)), Settled)
