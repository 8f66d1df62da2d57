"""The estimator against the peak of real steps on the CPU."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aegis.training import ENV
from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.setups import setup_of
from muster.aegis.profilers.vram import PROCESS_GIB, estimate_memory

pytestmark = pytest.mark.train

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "0", "MALLOC_ARENA_MAX": "1"}
"""Freed memory goes back to the kernel, so that its peak is that of what is allocated."""
TINY_LLAMA = {
    "hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4,
    "intermediate_size": 256, "vocab_size": 512, "max_position_embeddings": 512,
}  # fmt: skip
GROUPED = {
    "hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 2,
    "intermediate_size": 704, "vocab_size": 4096, "max_position_embeddings": 512,
}  # fmt: skip


def measured(python: Path, **asked: Any) -> float:
    script = str(Path(__file__).with_name("peak_of_a_step.py"))
    command = [str(python), "-W", "ignore", script, json.dumps(asked)]
    return float(subprocess.run(command, env=ENV | MALLOC, check=True, capture_output=True, text=True).stdout)


def estimated(config: dict[str, Any], method: str, rank: int, batch: int, seq_len: int) -> float:
    """The allocated peak but for what a GPU's libraries take."""
    architecture = read_architecture({"model_type": "llama", "tie_word_embeddings": False, **config})
    assert isinstance(architecture, Architecture)
    spec = TrainingSpec.model_validate({
        "model": {"path": "m"}, "data": {"path": "d"}, "method": method, "lora": {"rank": rank},
        "optimization": {"micro_batch": batch, "accumulation": 1}, "shape": {"seq_len": seq_len},
    })  # fmt: skip
    parts = estimate_memory(architecture, setup_of(spec), "allocated").parts_gib
    return sum(gib for name, gib in parts.items() if name != "overhead") * 2**30


@pytest.mark.parametrize("method", ["lora", "full"])
@pytest.mark.parametrize(
    ("config", "batch", "seq_len"),
    [(TINY_LLAMA, 8, 256), (TINY_LLAMA, 4, 512), (GROUPED, 4, 256)],
    ids=["tiny-llama", "tiny-llama, long rows", "grouped heads, 4096 tokens"],
)
def test_a_step_takes_what_was_estimated(
    training_python: Path, config: dict[str, Any], method: str, batch: int, seq_len: int
) -> None:
    asked = {"config": config, "method": method, "rank": 16, "batch": batch, "seq_len": seq_len}
    peak = measured(training_python, **asked)
    assert estimated(**asked) == pytest.approx(peak, rel=0.10)


IMPORTED = """
import torch
from peft import get_peft_model
from transformers import AutoTokenizer, LlamaForCausalLM, Trainer

print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith(("RssAnon", "VmRSS"))))
"""


def test_the_process_before_its_model_takes_what_is_assumed_of_it(training_python: Path) -> None:
    command = [str(training_python), "-W", "ignore", "-c", IMPORTED]
    said = subprocess.run(command, env=ENV, check=True, capture_output=True, text=True).stdout
    resident, own = sorted((int(one) / 2**20 for one in said.split()), reverse=True)
    assert PROCESS_GIB.low <= own < resident <= PROCESS_GIB.high
    assert resident == pytest.approx(PROCESS_GIB.mid, rel=0.10)
