"""Published peaks of fine-tuning runs: a row to the architecture and setup that an estimate needs.

A row says model dimensions, method, batch, sequence, checkpointing, optimizer, `peak_gib`, `kind` and `source`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from muster.aegis.domain.architecture import Architecture
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.setups import Optimizer, Quantised, TrainingSetup

LONGEST_ALPACA = 1304
"""Tokens of Alpaca's longest row with Llama 2's tokenizer (litgpt, tutorials/resource-tables.md): stands in where a
row was measured on Alpaca and gives no length."""
UNPACKED_ALPACA = 512
"""Assumed where a row says that its sequence length is a cap that unpacked Alpaca rows stay far below."""

_MOST_GIB = 1e6
_MOST = 10**9
_LONGEST = 300

_TYPES = (
    ("falcon", "falcon"),
    ("gemma-3", "gemma3_text"),
    ("gemma-2-", "gemma2"),
    ("gemma", "gemma"),
    ("phi-3", "llama"),
    ("phi-4", "llama"),
    ("phi", "phi"),
    ("pythia", "gpt_neox"),
    ("stablelm-base-alpha", "gpt_neox"),
    ("stablelm", "stablelm"),
    ("gpt2", "gpt2"),
    ("mistral", "mistral"),
    ("qwen3", "qwen3"),
    ("qwen", "qwen2"),
)
"""Parts of names, tried in order, to a `model_type`; others are built as Llama. So are Phi-3 and 4: transformers fuses
their layers, litgpt and torchtune, which measured them, don't."""
_TARGETS = {
    "q": ("q_proj",),
    "k": ("k_proj",),
    "v": ("v_proj",),
    "o": ("o_proj", "dense", "c_proj"),
    "mlp": (
        "gate_proj", "up_proj", "gate_up_proj", "down_proj", "fc1", "fc2", "dense_h_to_4h", "dense_4h_to_h", "c_fc",
    ),
    "lm_head": ("lm_head",),
    "output": ("lm_head",),
}  # fmt: skip
_FUSED = ("qkv_proj", "query_key_value", "c_attn")


@dataclass(frozen=True)
class PublishedRun:
    """A row, read. `peak_gib` is what its source measured, mostly the allocated peak."""

    architecture: Architecture
    setup: TrainingSetup
    peak_gib: float
    source: str
    model: str


def read_published(rows: Iterable[Mapping[str, Any]], kind: str = "measured") -> tuple[PublishedRun, ...]:
    """The rows of one kind; those that lack what an estimate needs are left out."""
    return read_table(tuple(rows), kind).runs


@dataclass(frozen=True)
class PublishedTable:
    """A table's rows of one kind. `problems` are of those left out, each with its row's number from 1."""

    runs: tuple[PublishedRun, ...]
    problems: tuple[str, ...] = ()


def read_table(rows: object, kind: str = "measured") -> PublishedTable:
    """Nothing in the rows makes this raise; keys that nobody asks for are passed over."""
    if not isinstance(rows, list | tuple):
        return PublishedTable((), ("not a list of rows",))
    runs: list[PublishedRun] = []
    problems: list[str] = []
    for number, row in enumerate(cast("Sequence[object]", rows), 1):
        if not isinstance(row, Mapping):
            problems.append(f"row {number}: not an object")
        elif cast("Mapping[str, Any]", row).get("kind") == kind:
            try:
                runs.append(_read(cast("Mapping[str, Any]", row)))
            except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
                problems.append(f"row {number}: {_why(error)}")
    return PublishedTable(tuple(runs), tuple(problems))


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return f"{error}"[:_LONGEST]


def _read(row: Mapping[str, Any]) -> PublishedRun:
    """Raises KeyError, TypeError, ValueError, ArithmeticError or AttributeError for a row that is no use."""
    peak_gib = float(row["peak_gib"])
    if not 0 < peak_gib < _MOST_GIB:
        raise ValueError(f"peak_gib {peak_gib:g} is not above 0 and below {_MOST_GIB:g}")
    setup = _setup(row)
    if max(setup.tokens, setup.lora_rank, setup.gpus) > _MOST:
        raise ValueError(f"batch, seq_len, lora_r or gpus is above {_MOST}")
    return PublishedRun(_architecture(row), setup, peak_gib, str(row["source"]), str(row["model"]))


def _architecture(row: Mapping[str, Any]) -> Architecture:
    name = str(row["model"]).lower()
    model_type = next((model_type for part, model_type in _TYPES if part in name), "llama")
    read = read_architecture({
        "model_type": model_type,
        "hidden_size": row["hidden"],
        "num_hidden_layers": row["layers"],
        "num_attention_heads": row["heads"],
        "num_key_value_heads": row["kv_heads"],
        "num_kv_heads": row["kv_heads"],
        "intermediate_size": row.get("intermediate") or _feed_forward_width(row),
        "vocab_size": row["vocab"],
        "head_dim": row.get("head_dim"),
        "tie_word_embeddings": row.get("tied_embeddings"),
        "torch_dtype": "bfloat16",
    })  # fmt: skip
    if isinstance(read, Architecture):
        return read
    raise ValueError("; ".join([read.reason, *read.wrong, *(f"{key} is missing" for key in read.missing)]))


def _feed_forward_width(row: Mapping[str, Any]) -> int:
    """Of a gated one, by what the other weights leave of `params_b`."""
    hidden, layers = row["hidden"], row["layers"]
    attention = 2 * hidden * hidden * (1 + row["kv_heads"] / row["heads"])
    embeddings = row["vocab"] * hidden * (1 if row.get("tied_embeddings") else 2)
    return max(1, round((row["params_b"] * 1e9 - embeddings - layers * attention) / (3 * hidden * layers)))


def _setup(row: Mapping[str, Any]) -> TrainingSetup:
    """What rows don't say, their tools' own recipes do: litgpt's accumulate and drop out, torchtune's do neither."""
    full = row["method"] == "full"
    optimizer = str(row.get("optimizer", "adamw"))
    wide = row.get("weights_dtype") == "fp32"
    litgpt = "litgpt" in str(row["source"]).lower()
    return TrainingSetup(
        method=row["method"],
        quantised=_quantised(row.get("quant")),
        weight_bytes=4 if wide else 2,
        kept_bytes=4 if wide else 2,
        batch=row["batch"],
        seq_len=_seq_len(row),
        accumulates=litgpt,
        checkpointing=bool(row.get("grad_ckpt")),
        optimizer=_optimizer(optimizer),
        state_bytes=4 if wide else 2,
        in_backward="in_bwd" in optimizer,
        lora_rank=row.get("lora_r") or 16,
        lora_targets=() if full else _targets(row),
        lora_dropout=litgpt and not full,
        adapter_bytes=4 if wide else 2,
        attention="eager" if row.get("attn") == "eager" else "sdpa",
        compiled=bool(row.get("compile")),
        chunked_loss=bool(row.get("chunked_ce")),
        offloaded=bool(row.get("act_offload")),
        gpus=row.get("gpus") or 1,
    )


def _seq_len(row: Mapping[str, Any]) -> int:
    if row.get("seq_len") is None:
        return LONGEST_ALPACA
    capped = "not packed" in str(row.get("note", "")).lower()
    return min(row["seq_len"], UNPACKED_ALPACA) if capped else row["seq_len"]


def _quantised(told: str | None) -> Quantised | None:
    if not told:
        return None
    if "8" in told:
        return "int8"
    return "nf4-dq" if "dq" in told else "nf4"


def _optimizer(told: str) -> Optimizer:
    eight, paged = "8bit" in told.lower(), "paged" in told.lower()
    if paged:
        return "paged_adamw_8bit" if eight else "paged_adamw"
    return "adamw_8bit" if eight else "adamw"


def _targets(row: Mapping[str, Any]) -> tuple[str, ...]:
    told = row.get("lora_targets") or ("q", "k", "v", "o", "mlp")
    names = tuple(name for target in told for name in _TARGETS.get(target, (target,)))
    return (*names, *_FUSED) if "q" in told else names
