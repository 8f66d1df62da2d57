"""What went wrong with a training or an evaluation: a class, what shows it, and what to do."""

from typing import Literal

from muster.aegis.domain.values import Part

FailureKind = Literal[
    "oom_gpu",
    "oom_host",
    "oom_killed",
    "numeric_divergence",
    "no_progress",
    "timeout",
    "cpu_limit",
    "budget",
    "cancelled",
    "preempted",
    "hardware",
    "network",
    "model_missing",
    "model_unreachable",
    "model_corrupt",
    "model_config",
    "tokenizer_pad",
    "tokenizer",
    "vocab_mismatch",
    "chat_template_missing",
    "chat_template_syntax",
    "chat_template_role",
    "chat_template_mask",
    "dataset_missing",
    "dataset_encoding",
    "dataset_row",
    "dataset_columns",
    "dataset_empty",
    "dataset_all_masked",
    "sequence_length",
    "lora_targets",
    "precision",
    "attention",
    "env_missing_package",
    "env_no_cuda",
    "api_drift",
    "checkpoint_missing",
    "checkpoint_corrupt",
    "storage_full",
    "storage",
    "permission",
    "script_error",
    "unknown",
]

Phase = Literal["train", "eval"]
"""What ran, or within a training what it was doing: its own evaluation fails of other causes."""


class Diagnosis(Part):
    """A failure's class. `phase` says what ran; `transient`: running it again unchanged may work."""

    kind: FailureKind
    phase: Phase = "train"
    summary: str
    evidence: tuple[str, ...] = ()
    """What shows it: `exit status 137`, `oom_kill 1`, lines of the log."""
    advice: str = ""
    transient: bool = False
    numbers: dict[str, float] = {}
    """What the text measures: `tried_gib`, `total_gib`, `free_gib` of an allocator that gave up."""


def was_free(numbers: dict[str, float]) -> bool:
    """Whether more memory was free than was asked for: a limit or fragmentation, which no smaller batch cures."""
    tried, free = numbers.get("tried_gib"), numbers.get("free_gib")
    return tried is not None and free is not None and free > tried
