"""A model, rows and a place to train, small and whole: what a test breaks a part of."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.checks import preflight
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.tools.local_inputs import LocalInputs

HIDDEN, LAYERS, HEADS, WIDTH = 16, 2, 2, 32
SPECIAL = ["<pad>", "<bos>", "<eos>", "<|user|>", "<|assistant|>", "<|system|>"]
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}"
    "{% else %}{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
PLAIN_TEMPLATE = TEMPLATE.replace("{% generation %}", "").replace("{% endgeneration %}", "")
WORDS = ("reset", "your", "password", "on", "the", "page", "under", "settings", "then", "choose", "a", "new", "one")
PACKAGES = {"torch": "2.13.0", "transformers": "5.23.0", "accelerate": "1.15.0", "safetensors": "0.6.0",
            "peft": "0.21.2", "trl": "1.16.0", "lm_eval": "0.4.13"}  # fmt: skip


def chat(number: int) -> dict[str, Any]:
    said = " ".join(WORDS[(number + place * 3) % len(WORDS)] for place in range(6))
    return {
        "messages": [
            {"role": "user", "content": f"how do I {said} {number}"},
            {"role": "assistant", "content": f"{said} number {number}"},
        ]
    }


CHATS = [chat(number) for number in range(40)]


def tokenizer_json() -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    return tokenizer.to_str()


TOKENIZER = tokenizer_json()
VOCAB = Tokenizer.from_str(TOKENIZER).get_vocab_size()


def tensors(vocab: int = VOCAB, hidden: int = HIDDEN) -> dict[str, np.ndarray]:
    def full(*shape: int) -> np.ndarray:
        return np.full(shape, 0.01, dtype="<f4")

    made = {"model.embed_tokens.weight": full(vocab, hidden), "lm_head.weight": full(vocab, hidden)}
    for layer in range(LAYERS):
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            made[f"model.layers.{layer}.self_attn.{name}.weight"] = full(hidden, hidden)
        made[f"model.layers.{layer}.mlp.up_proj.weight"] = full(WIDTH, hidden)
        made[f"model.layers.{layer}.input_layernorm.weight"] = full(hidden)
    return made


def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    header: dict[str, Any] = {}
    place = 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(array.tobytes() for array in arrays.values()))


HERE = TargetFacts(cuda=False, network=False, packages=PACKAGES, free_mb=10_000)


@dataclass
class World:
    """Whole as it is made. A test breaks a file, the spec or the target, and asks for the problems."""

    folder: Path
    spec: dict[str, Any] = field(default_factory=dict)
    target: TargetFacts = HERE
    checkpoint_path: str | None = None

    def __post_init__(self) -> None:
        self.model.mkdir()
        config = {"model_type": "llama", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "vocab_size": VOCAB}
        self.write("config.json", {**config, "num_attention_heads": HEADS, "max_position_embeddings": 256})
        save(self.model / "model.safetensors", tensors())
        (self.model / "tokenizer.json").write_text(TOKENIZER)
        named = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "chat_template": TEMPLATE}
        self.write("tokenizer_config.json", named)
        self.rows(CHATS)
        self.spec = {"shape": {"seq_len": 128}}

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def data(self) -> Path:
        return self.folder / "rows.jsonl"

    def write(self, name: str, value: Any) -> None:
        (self.model / name).write_text(json.dumps(value))

    def edit(self, name: str, **changes: Any) -> None:
        value = json.loads((self.model / name).read_text())
        self.write(name, {key: item for key, item in {**value, **changes}.items() if item is not None})

    def rows(self, rows: list[Any], path: Path | None = None) -> None:
        (path or self.data).write_text("".join(json.dumps(row) + "\n" for row in rows))

    def checkpoint(self) -> Path:
        """A whole checkpoint to go on from."""
        folder = self.folder / "checkpoint-10"
        folder.mkdir()
        save(folder / "adapter_model.safetensors", {"a": np.zeros((2, 2), dtype="<f4")})
        (folder / "trainer_state.json").write_text('{"global_step": 10}')
        for name in ("optimizer.pt", "scheduler.pt"):
            with ZipFile(folder / name, "w") as packed:
                packed.writestr("data.pkl", "x" * 100)
        self.checkpoint_path = str(folder)
        return folder

    def ask(self, **blocks: Any) -> None:
        """Set fields of the spec: `ask(shape={"seq_len": 4}, method="full")`."""
        for name, value in blocks.items():
            self.spec[name] = {**self.spec.get(name, {}), **value} if isinstance(value, dict) else value

    def about(self, **facts: Any) -> None:
        """Set facts of the target."""
        self.target = self.target.model_copy(update=facts)

    @property
    def training(self) -> TrainingSpec:
        given = {"model": {"path": str(self.model)}, "data": {"path": str(self.data)}}
        blocks = {name: {**given.get(name, {}), **value} if isinstance(value, dict) else value
                  for name, value in {**given, **self.spec}.items()}  # fmt: skip
        return TrainingSpec.model_validate(blocks)

    def report(self) -> DataReport:
        return LocalInputs().data(self.training)

    def problems(self) -> tuple[Problem, ...]:
        """All of them, as a run would see them before it spends anything."""
        inputs, spec = LocalInputs(), self.training
        checkpoint = inputs.checkpoint(self.checkpoint_path) if self.checkpoint_path else None
        case = Case(spec=spec, model=inputs.model(spec), target=self.target, checkpoint=checkpoint)
        return (*preflight(case), *inputs.data(spec).problems)
