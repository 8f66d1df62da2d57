"""The training spec: bounds, unknown keys, and changes that are validated again."""

import pytest
from pydantic import ValidationError

from muster.aegis.domain.repairs import Resume, SpecChange, apply_change, apply_patch
from muster.aegis.domain.spec import DataRef, ModelRef, Optimization, TrainingSpec

SPEC = TrainingSpec(model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="micro_bach"):
        TrainingSpec.model_validate({**SPEC.model_dump(), "optimization": {"micro_bach": 2}})


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("optimization", "micro_batch", 0),
        ("optimization", "learning_rate", 0),
        ("shape", "seq_len", 7),
        ("lora", "rank", 0),
        ("target", "gpus", 65),
        ("budget", "max_usd", -1),
        ("optimization", "learning_rate", float("nan")),
        ("optimization", "learning_rate", float("inf")),
    ],
)
def test_every_number_has_bounds(block: str, field: str, value: float) -> None:
    with pytest.raises(ValidationError):
        TrainingSpec.model_validate({**SPEC.model_dump(), block: {field: value}})


def test_a_soft_threshold_above_the_hard_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="soft_usd 6 is above max_usd 5"):
        TrainingSpec.model_validate({**SPEC.model_dump(), "budget": {"soft_usd": 6}})


def test_a_step_takes_micro_batch_times_accumulation_times_gpus_sequences() -> None:
    spec = SPEC.model_copy(update={"optimization": Optimization(micro_batch=2, accumulation=8)})
    assert spec.effective_batch == 16


def test_a_change_reaches_its_fields_and_no_other() -> None:
    change = SpecChange(micro_batch=2, accumulation=8, seq_len=512, eval_batch=4, method="qlora", gpu="A10G")
    changed = apply_change(SPEC, change)
    assert (changed.optimization.micro_batch, changed.optimization.accumulation) == (2, 8)
    assert (changed.shape.seq_len, changed.evaluation.batch) == (512, 4)
    assert (changed.method, changed.target.gpu) == ("qlora", "A10G")
    back = SpecChange(micro_batch=4, accumulation=4, seq_len=1024, eval_batch=8, method="lora", gpu="cpu")
    assert apply_change(changed, back) == SPEC


def test_every_field_of_a_change_has_a_place_in_the_spec() -> None:
    words = {"method": "full", "precision": "fp32", "attention": "eager", "gpu": "T4", "lora_targets": ("q_proj",)}
    shares = {"spot": True, "packing": True, "gradient_checkpointing": True, "warmup_share": 0.5, "learning_rate": 0.5}
    for name in set(SpecChange.model_fields) - {"kind"}:
        change = SpecChange.model_validate({name: {**words, **shares}.get(name, 9)})
        assert apply_change(SPEC, change) != SPEC, name


def test_a_change_out_of_bounds_is_refused() -> None:
    with pytest.raises(ValidationError):
        apply_change(SPEC, SpecChange(seq_len=1))


def test_going_on_from_a_checkpoint_may_change_the_spec_or_leave_it() -> None:
    assert apply_patch(SPEC, Resume(checkpoint="checkpoints/50")) == SPEC
    changed = apply_patch(SPEC, Resume(checkpoint="checkpoints/50", change=SpecChange(learning_rate=1e-5)))
    assert changed.optimization.learning_rate == 1e-5
