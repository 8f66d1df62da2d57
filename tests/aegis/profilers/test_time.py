import pytest

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.gpus import gpu_named
from muster.aegis.profilers.setups import TrainingSetup, trained_params
from muster.aegis.profilers.time import estimate_seconds, evaluated_rows, flops_per_token

READ = read_architecture({
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
})  # fmt: skip
assert isinstance(READ, Architecture)
LLAMA: Architecture = READ
LENGTHS = Lengths(
    measured=1000, p50=200, p95=600, max=900, mean=250, seq_len=1024, cut=0, masked=0, trained_share=0.5
)  # fmt: skip


def flops(context: float = 0.0, **setup: object) -> float:
    return flops_per_token(LLAMA, TrainingSetup.model_validate(setup), context)


def test_a_full_training_takes_six_operations_a_weight():
    assert flops(method="full") == 6 * LLAMA.active_params


def test_an_adapter_takes_four_and_its_own():
    own = 4.0 * trained_params(LLAMA, TrainingSetup())
    assert flops() == 4 * LLAMA.active_params + own


def test_checkpointing_forwards_once_more():
    assert flops(checkpointing=True) - flops() == 2 * LLAMA.active_params


def test_attention_grows_with_the_context():
    assert flops(2048) - flops() == pytest.approx(2 * (flops(1024) - flops()))


def test_the_causal_mask_halves_fused_attention():
    assert flops(1024, attention="eager") - flops() == pytest.approx(2 * (flops(1024) - flops()))


def seconds(rows: int = 5000, architecture: Architecture = LLAMA, **blocks: object) -> float:
    document = {"model": {"path": "m"}, "data": {"path": "d"}, "target": {"gpu": "A100-80GB"}, **blocks}
    spec = TrainingSpec.model_validate(document)
    return estimate_seconds(spec, architecture, rows, LENGTHS, gpu_named("A100-80GB")).mid


def test_no_more_rows_are_evaluated_than_are_held_out():
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}})
    assert (evaluated_rows(spec, 320), evaluated_rows(spec, 10**6)) == (32, spec.evaluation.max_rows)


def test_a_file_to_evaluate_on_is_read_up_to_the_most():
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d", "eval_path": "e"}})
    assert evaluated_rows(spec, 10) == spec.evaluation.max_rows


def test_a_model_of_few_layers_answers_sooner():
    shallow = LLAMA.model_copy(update={"layers": 2})
    assert seconds(architecture=shallow, optimization={"max_steps": 1}) < seconds(optimization={"max_steps": 1}) / 1.5
