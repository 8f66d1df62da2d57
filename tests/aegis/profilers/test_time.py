import pytest

from muster.aegis.domain.architecture import Architecture
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.setups import TrainingSetup, trained_params
from muster.aegis.profilers.time import flops_per_token

READ = read_architecture({
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
})  # fmt: skip
assert isinstance(READ, Architecture)
LLAMA: Architecture = READ


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
