"""Models of unknown families, counted by real jobs in the sandbox."""

from pathlib import Path
from typing import Any

import pytest

from muster.aegis.counting import count_by
from muster.aegis.domain.architecture import Architecture, UnreadableConfig
from muster.aegis.executors.sandbox import SandboxExecutor
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.setups import TrainingSetup
from muster.aegis.profilers.vram import estimate_memory

pytestmark = pytest.mark.train

SIZES: dict[str, Any] = {
    "hidden_size": 512, "intermediate_size": 1408, "num_hidden_layers": 6, "num_attention_heads": 8,
    "num_key_value_heads": 4, "head_dim": 64, "vocab_size": 8000, "max_position_embeddings": 2048,
    "tie_word_embeddings": False, "dtype": "bfloat16", "eos_token_id": 2, "bos_token_id": 1, "pad_token_id": 0,
}  # fmt: skip
LARGE = TrainingSetup(method="full", batch=16, seq_len=2048)


@pytest.fixture(scope="module")
def executor(training_python: Path, tmp_path_factory: pytest.TempPathFactory) -> SandboxExecutor:
    return SandboxExecutor(tmp_path_factory.mktemp("jobs"), str(training_python))


@pytest.mark.parametrize("model_type", ["llama", "qwen2", "gemma"])
def test_a_known_family_is_counted_as_its_closed_form_says(executor: SandboxExecutor, model_type: str) -> None:
    config = {"model_type": model_type, **SIZES}
    counted, known = count_by(executor)(config), read_architecture(config)
    assert isinstance(counted, Architecture)
    assert isinstance(known, Architecture)
    assert (counted.params, counted.linear_params) == (known.params, known.linear_params)
    peaks = [estimate_memory(one, LARGE, "allocated").total_gib.mid for one in (counted, known)]
    assert peaks[0] == pytest.approx(peaks[1], rel=0.10)


@pytest.mark.parametrize("model_type", ["olmo2", "granite"])
def test_a_family_that_nobody_knows_is_counted(executor: SandboxExecutor, model_type: str) -> None:
    config = {"model_type": model_type, **SIZES}
    assert isinstance(read_architecture(config), UnreadableConfig)
    assert isinstance(count_by(executor)(config), Architecture)


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "mine", "auto_map": {"AutoConfig": "evil.Evil", "AutoModelForCausalLM": "evil.Evil"}},
        {**SIZES, "model_type": "olmo2", "num_hidden_layers": 10**9},
        {**SIZES, "model_type": "olmo2", "hidden_size": -1},
        {**SIZES, "model_type": "mamba"},
        {},
    ],
    ids=["its own code", "layers without end", "a negative size", "no attention", "empty"],
)
def test_what_no_model_is_gives_a_reason_and_harms_nobody(executor: SandboxExecutor, config: Any) -> None:
    assert isinstance(count_by(executor)(config), UnreadableConfig)
