"""A file, words and answers become a spec whose every value says where it comes from; or questions."""

import pytest
from pydantic import JsonValue

from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.settling import Asked, Origin, Settled, spec_from
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.aegis.domain.spec import TrainingSpec
from muster.core.errors import UsageError

WORDS = "fine-tune models/tiny on rows.jsonl"


def settled(words: str = WORDS, yaml: str | None = None, **answers: str) -> Settled:
    asked = {path.replace("__", "."): answer for path, answer in answers.items()}
    made = spec_from(parse_intent(words), read_yaml_spec(yaml) if yaml is not None else None, asked)
    assert isinstance(made, Settled)
    return made


def leaves(value: JsonValue, path: str = "") -> set[str]:
    if not isinstance(value, dict) or path in ("data.columns.", "evaluation.thresholds."):
        return {path[:-1]}
    return {leaf for name, item in value.items() for leaf in leaves(item, f"{path}{name}.")}


def test_words_alone_are_enough() -> None:
    spec = settled().spec
    assert (spec.model.path, spec.data.path, spec.name) == ("models/tiny", "rows.jsonl", "tiny-rows")


def test_without_a_model_and_data_both_are_asked() -> None:
    asked = spec_from(Intent())
    assert isinstance(asked, Asked)
    assert [one.id for one in asked.form.questions] == ["model.path", "data.path"]


def test_answers_are_taken() -> None:
    made = settled("rank 8", model__path="m/x", data__path="d.jsonl")
    assert (made.spec.model.path, made.origins["model.path"].says) == ("m/x", "answer")


def test_every_value_of_a_spec_has_an_origin() -> None:
    made = settled(f"{WORDS}, batch 16")
    unset = {
        "model.revision",
        "data.eval_path",
        "data.max_rows",
        "data.columns",
        "optimization.max_steps",
        "evaluation.thresholds",
        "saving.resume_from",
        "target.disk_mb",
        "target.memory_mb",
    }
    assert leaves(made.spec.model_dump(mode="json")) - set(made.origins) == unset


def test_a_default_says_why() -> None:
    origin = settled(f"full fine-tuning, {WORDS}").origins["optimization.learning_rate"]
    assert origin == Origin(says="default", reason="all weights are trained: a tenth of an adapter's rate")


def test_the_file_says_where_a_value_stands() -> None:
    made = settled("fine-tune it", "model: m/x\ndata:\n  path: d.jsonl\nlora:\n  rank: 4\n")
    assert made.spec.lora.rank == 4
    assert made.origins["lora.rank"].where == "spec.yaml:5"


def test_file_and_words_add_up() -> None:
    made = settled("rank 8", "model: m/x\ndata: d.jsonl\nseed: 3\n")
    assert (made.spec.lora.rank, made.spec.seed) == (8, 3)


def test_file_and_words_that_differ_are_refused_with_both_places() -> None:
    with pytest.raises(UsageError, match=r'lora\.rank is 4 in spec\.yaml:3, and you say "rank 8"'):
        settled("rank 8", "model: m/x\ndata: d.jsonl\nlora: {rank: 4}\n")


def test_file_and_words_may_say_the_same() -> None:
    assert (
        settled(
            "lr 1e-4", "model: m/x\ndata: d.jsonl\noptimization: {learning_rate: 0.0001}\n"
        ).spec.optimization.learning_rate
        == 1e-4
    )


def test_contradictions_are_refused_all_at_once() -> None:
    with pytest.raises(UsageError, match=r"(?s)batch is said twice.*epochs"):
        settled(f"{WORDS}, batch 8, batch 16, 3 epochs, 100 steps")


@pytest.mark.parametrize(
    ("words", "yaml", "micro", "accumulation"),
    [
        ("batch 16", "", 4, 4),
        ("batch 2", "", 2, 1),
        ("batch 9", "", 3, 3),
        ("batch 16 on 2x A100", "", 4, 2),
        ("batch 16, micro batch 1", "", 1, 16),
        ("batch 16, accumulate 16", "", 1, 16),
        ("batch 16", "optimization: {micro_batch: 2}", 2, 8),
    ],
)
def test_an_effective_batch_is_split(words: str, yaml: str, micro: int, accumulation: int) -> None:
    spec = settled(f"{WORDS}, {words}", yaml).spec
    assert (spec.optimization.micro_batch, spec.optimization.accumulation) == (micro, accumulation)


@pytest.mark.parametrize(
    "words",
    ["batch 7, micro batch 2", "batch 3 on 2x A100", "batch 16, micro batch 2, accumulate 4", "batch 2, micro batch 4"],
)
def test_a_batch_that_can_not_be_split_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="can't be split evenly"):
        settled(f"{WORDS}, {words}")


def test_a_limit_below_a_dollar_is_never_asked_about() -> None:
    budget = settled(f"{WORDS} under $0.40").spec.budget
    assert (budget.soft_usd, budget.max_usd) == (0.4, 0.4)


def test_half_a_budget_in_the_file_is_enough() -> None:
    assert settled("go", "model: m/x\ndata: d.jsonl\nbudget: {max_usd: 0.5}\n").spec.budget.soft_usd == 0.5


def test_to_be_asked_above_more_than_the_usual_limit_asks_for_the_limit() -> None:
    asked = spec_from(parse_intent(f"{WORDS}, ask me above $10"))
    assert isinstance(asked, Asked)
    assert [one.id for one in asked.form.questions] == ["budget.max_usd"]
    assert settled(f"{WORDS}, ask me above $10", budget__max_usd="20").spec.budget.max_usd == 20


def test_qlora_asks_for_a_gpu() -> None:
    asked = spec_from(parse_intent(f"qlora {WORDS}"))
    assert isinstance(asked, Asked)
    assert [one.id for one in asked.form.questions] == ["target.gpu"]


def test_a_value_out_of_bounds_quotes_the_words() -> None:
    with pytest.raises(UsageError, match=r'shape\.seq_len: .*greater than or equal to 8 \("seq 2"\)'):
        settled(f"{WORDS}, seq 2")


def test_a_settled_spec_is_a_spec_again_from_its_own_document() -> None:
    spec = settled().spec
    assert TrainingSpec.model_validate(spec.model_dump()) == spec
