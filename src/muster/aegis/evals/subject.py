"""A model that is measured: the base, or what was saved by the training."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer


class NotMeasuredError(Exception):
    """Why a measure has no numbers; told in the result in their place."""


@dataclass(frozen=True)
class Subject:
    """`model` in evaluation mode, `batch` sequences at once, cut at `seq_len` tokens."""

    model: Any
    tokenizer: Any
    batch: int
    seq_len: int
    max_new_tokens: int

    @property
    def pad_id(self) -> int:
        """Of a token that is masked anyhow."""
        pad = self.tokenizer.pad_token_id
        return pad if pad is not None else self.tokenizer.eos_token_id or 0

    @property
    def weights_finite(self) -> bool:
        """Whether every weight is a number."""
        return all(bool(torch.isfinite(weight).all()) for weight in self.model.parameters())


def load_base(folder: Path, **how: int) -> Subject:
    """The model of a folder. `how`: the other fields of a subject."""
    return Subject(_load(folder), AutoTokenizer.from_pretrained(folder), **how)


def load_artefact(artefact: Path, base: Path, **how: int) -> Subject:
    """What a training saved: an adapter, put on the base, or a whole model; with the tokenizer saved beside."""
    is_adapter = (artefact / "adapter_config.json").is_file()
    model = PeftModel.from_pretrained(_load(base), artefact).eval() if is_adapter else _load(artefact)
    return Subject(model, AutoTokenizer.from_pretrained(artefact), **how)


def _load(folder: Path) -> Any:
    if torch.cuda.is_available():
        return AutoModelForCausalLM.from_pretrained(folder, dtype="auto").to("cuda").eval()
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
