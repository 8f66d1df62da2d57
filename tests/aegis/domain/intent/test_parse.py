"""Plain words become wishes; each quotes its words, and what was not said stays unsaid."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.aegis.domain.intent.intent import PLACES, Intent
from muster.aegis.domain.intent.parse import parse_intent

EXAMPLE = (
    "LoRA fine-tune tiny-llama on examples/aegis/support.jsonl under $2 on an A10G for 3 epochs, seq 2k, rank 8, "
    "lr 1e-4, batch 16, call it support-bot"
)


def said(text: str) -> dict[str, Any]:
    intent = parse_intent(text)
    return {name: one.value for name in Intent.model_fields if (one := getattr(intent, name)) and hasattr(one, "value")}


def test_the_whole_example_is_understood() -> None:
    assert said(EXAMPLE) == {
        "method": "lora", "model": "tiny-llama", "data": "examples/aegis/support.jsonl", "max_usd": 2.0, "gpu": "A10G",
        "epochs": 3.0, "seq_len": 2048, "rank": 8, "learning_rate": 1e-4, "batch": 16, "name": "support-bot",
    }  # fmt: skip
    assert parse_intent(EXAMPLE).not_understood == ()


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("in qlora", "method", "qlora"),
        ("full fine-tuning", "method", "full"),
        ("train all the weights", "method", "full"),
        ("with DPO", "objective", "dpo"),
        ("preference tuning", "objective", "dpo"),
        ("fine-tune meta-llama/Llama-3.2-1B on it", "model", "meta-llama/Llama-3.2-1B"),
        ("fine-tune the model models/tiny with x", "model", "models/tiny"),
        ('base model "my models/tiny"', "model", "my models/tiny"),
        ("with rows.csv", "data", "rows.csv"),
        ("data: s3-copy/rows", "data", "s3-copy/rows"),
        ("on 'my rows.jsonl'", "data", "my rows.jsonl"),
        ("evaluate on held.jsonl", "eval_data", "held.jsonl"),
        ("hold out 10% of the rows", "eval_share", 0.1),
        ("plant 2 canaries", "canaries", 2),
        ("with one canary", "canaries", 1),
        ("only 2k rows", "max_rows", 2000),
        ("no more than $2.50", "max_usd", 2.5),
        ("for less than 3 dollars", "max_usd", 3.0),
        ("budget of 4 usd", "max_usd", 4.0),
        ("don't spend more than $3", "max_usd", 3.0),
        ("$7 max", "max_usd", 7.0),
        ("ask me above $1", "soft_usd", 1.0),
        ("ask before spending more than $1", "soft_usd", 1.0),
        ("on 2x A100-80GB", "gpus", 2),
        ("on 2x A100-80GB", "gpu", "A100-80GB"),
        ("on four H100s", "gpus", 4),
        ("on an a100 40gb", "gpu", "A100-40GB"),
        ("on an RTX 4090", "gpu", "RTX 4090"),
        ("on the cpu", "gpu", "cpu"),
        ("on 2 gpus", "gpus", 2),
        ("two epochs", "epochs", 2.0),
        ("0.5 epochs", "epochs", 0.5),
        ("for 1,000 steps", "max_steps", 1000),
        ("sequence length 512", "seq_len", 512),
        ("4096 tokens", "seq_len", 4096),
        ("effective batch of 32", "batch", 32),
        ("micro batch 2", "micro_batch", 2),
        ("accumulate 8", "accumulation", 8),
        ("learning rate of 0.0002", "learning_rate", 2e-4),
        ("cosine schedule", "schedule", "cosine"),
        ("warmup 5%", "warmup_share", 0.05),
        ("r=16", "rank", 16),
        ("alpha 32", "alpha", 32),
        ("dropout 0.05", "dropout", 0.05),
        ("target q_proj and v_proj", "targets", ("q_proj", "v_proj")),
        ("with packing", "packing", True),
        ("no packing", "packing", False),
        ("without sequence packing", "packing", False),
        ("packing off", "packing", False),
        ("gradient checkpointing", "gradient_checkpointing", True),
        ("don't checkpoint", "gradient_checkpointing", False),
        ("in bfloat16", "precision", "bf16"),
        ("flash attention", "attention", "flash_attention_2"),
        ("no flash attention", "attention", "sdpa"),
        ("seed 42", "seed", 42),
        ("in docker", "executor", "docker"),
        ("on Modal", "executor", "modal"),
        ("on nomad", "executor", "nomad"),
        ("in the sandbox", "executor", "sandbox"),
        ("locally", "executor", "sandbox"),
        ("merged", "save_form", "merged"),
        ("don't merge the adapter", "save_form", "adapter"),
        ("no evaluation", "evaluate", False),
        ('call it "Support Bot"', "name", "support-bot"),
    ],
)  # fmt: skip
def test_words_ask_for_a_value(words: str, field: str, value: object) -> None:
    assert said(words)[field] == value


@pytest.mark.parametrize(
    "words",
    [
        "full fine-tune tiny-llama",
        "fully fine-tune tiny-llama",
        "do a full finetune of tiny-llama",
        "full fine-tuning of tiny-llama",
        "full-parameter SFT of tiny-llama",
        "a full-weight fine tune of tiny-llama",
        "fine-tune all weights of tiny-llama",
        "train every parameter of tiny-llama",
        "update all the model's weights: fine-tune tiny-llama",
    ],
)
def test_a_full_training_keeps_its_model(words: str) -> None:
    intent = parse_intent(f"{words} on rows.jsonl")
    assert intent.method
    assert intent.model
    assert (intent.method.value, intent.model.value, intent.not_understood) == ("full", "tiny-llama", ())


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("preference-tune m on p.jsonl", {"objective": "dpo", "model": "m", "data": "p.jsonl"}),
        ("instruction-tune m with p.jsonl", {"objective": "sft", "model": "m", "data": "p.jsonl"}),
        ("train a LoRA of rank sixteen", {"method": "lora", "rank": 16}),
        ("fine-tune m on the first five hundred rows of a.jsonl", {"model": "m", "data": "a.jsonl", "max_rows": 500}),
        ("constant learning rate 1e-4", {"schedule": "constant", "learning_rate": 1e-4}),
        ("max 1,000 steps, lr 0.0001 cosine", {"max_steps": 1000, "learning_rate": 1e-4, "schedule": "cosine"}),
        ("all linear layers", {"targets": ("all-linear",)}),
        ("a rank-16 LoRA", {"rank": 16, "method": "lora"}),
        ("linear decay with 5% warm up", {"schedule": "linear", "warmup_share": 0.05}),
        ("warm up for 10% of the steps", {"warmup_share": 0.1}),
    ],
)
def test_wishes_beside_one_another_are_all_read(words: str, values: dict[str, object]) -> None:
    assert said(words) == values
    assert parse_intent(words).not_understood == ()


def test_a_value_quotes_its_words() -> None:
    rank = parse_intent("with rank 8, please").rank
    assert rank
    assert (rank.source, rank.where) == ("user", '"rank 8"')


def test_what_was_not_said_stays_unsaid() -> None:
    assert said("fine-tune it") == {}


def test_words_that_nobody_understands_are_listed() -> None:
    intent = parse_intent("fine-tune m/x on a.jsonl; make it funny, with rank 8")
    assert intent.not_understood == ("make it funny",)


def test_a_value_that_is_turned_down_is_not_taken_and_not_lost() -> None:
    intent = parse_intent("not on an A10G")
    assert intent.gpu is None
    assert intent.not_understood


def test_a_new_verb_ends_what_is_turned_down() -> None:
    assert said("don't pack and use batch 16") == {"packing": False, "batch": 16}


def test_a_number_within_a_path_asks_for_nothing() -> None:
    assert said("fine-tune models/rank 8b") == {"model": "models/rank"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("batch 16, batch 32", 'batch is said twice: "batch 16" and "batch 32"'),
        ("packing, no packing", 'packing is said twice: "packing" and "no packing"'),
        ("full fine-tuning with rank 8", '"full" trains all weights, and "rank 8" is about an adapter'),
        ("qlora on the cpu", '"qlora" keeps weights in 4 bit, which wants a GPU, and "on the cpu" is none'),
        ("ask me above $3, max $2", '"ask me above $3" is above "max $2": it would never ask'),
        ("3 epochs, 200 steps", '"3 epochs" and "200 steps": which of them ends the training?'),
    ],
)
def test_a_contradiction_quotes_both_sides(text: str, told: str) -> None:
    assert parse_intent(text).contradictions == (told,)


def test_the_same_value_twice_is_no_contradiction() -> None:
    assert parse_intent("batch 16, and a batch size of 16").contradictions == ()


def test_every_wish_has_a_place_in_the_spec() -> None:
    assert set(PLACES) | {"batch", "not_understood", "contradictions", "left_out"} == set(Intent.model_fields)


@given(
    text=st.text(max_size=200)
    | st.lists(st.sampled_from([*EXAMPLE.split(), "no", "don't", "9" * 12, "$", "k", "x"])).map(" ".join)
)
@settings(deadline=None, max_examples=300)
def test_any_words_are_read(text: str) -> None:
    parse_intent(text)
