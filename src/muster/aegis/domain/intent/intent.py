"""What a user's words ask for. Nothing here is a default: what was not said is None."""

from muster.aegis.domain.spec import Attention, Executor, Method, Objective, Precision, SaveForm, Schedule
from muster.aegis.domain.values import Part
from muster.core.evidence import Sourced


class Intent(Part):
    """Each value quotes its words in `where`. `not_understood` are the words that no rule reads, or that turn a value
    down; `contradictions` are two wishes that can't both be had. Lengths in tokens, money in dollars."""

    name: Sourced[str] | None = None
    model: Sourced[str] | None = None
    data: Sourced[str] | None = None
    eval_data: Sourced[str] | None = None
    eval_share: Sourced[float] | None = None
    max_rows: Sourced[int] | None = None
    method: Sourced[Method] | None = None
    objective: Sourced[Objective] | None = None
    rank: Sourced[int] | None = None
    alpha: Sourced[int] | None = None
    dropout: Sourced[float] | None = None
    targets: Sourced[tuple[str, ...]] | None = None
    batch: Sourced[int] | None = None
    """Sequences of one optimizer step, over all GPUs."""
    micro_batch: Sourced[int] | None = None
    accumulation: Sourced[int] | None = None
    epochs: Sourced[float] | None = None
    max_steps: Sourced[int] | None = None
    learning_rate: Sourced[float] | None = None
    schedule: Sourced[Schedule] | None = None
    warmup_share: Sourced[float] | None = None
    seq_len: Sourced[int] | None = None
    packing: Sourced[bool] | None = None
    gradient_checkpointing: Sourced[bool] | None = None
    precision: Sourced[Precision] | None = None
    attention: Sourced[Attention] | None = None
    executor: Sourced[Executor] | None = None
    gpu: Sourced[str] | None = None
    gpus: Sourced[int] | None = None
    soft_usd: Sourced[float] | None = None
    max_usd: Sourced[float] | None = None
    save_form: Sourced[SaveForm] | None = None
    evaluate: Sourced[bool] | None = None
    canaries: Sourced[int] | None = None
    seed: Sourced[int] | None = None
    not_understood: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What a model read, and why it is not taken."""


PLACES: dict[str, str] = {
    "name": "name",
    "model": "model.path",
    "data": "data.path",
    "eval_data": "data.eval_path",
    "eval_share": "data.eval_share",
    "max_rows": "data.max_rows",
    "method": "method",
    "objective": "objective",
    "rank": "lora.rank",
    "alpha": "lora.alpha",
    "dropout": "lora.dropout",
    "targets": "lora.targets",
    "micro_batch": "optimization.micro_batch",
    "accumulation": "optimization.accumulation",
    "epochs": "optimization.epochs",
    "max_steps": "optimization.max_steps",
    "learning_rate": "optimization.learning_rate",
    "schedule": "optimization.schedule",
    "warmup_share": "optimization.warmup_share",
    "seq_len": "shape.seq_len",
    "packing": "shape.packing",
    "gradient_checkpointing": "shape.gradient_checkpointing",
    "precision": "shape.precision",
    "attention": "shape.attention",
    "executor": "target.executor",
    "gpu": "target.gpu",
    "gpus": "target.gpus",
    "soft_usd": "budget.soft_usd",
    "max_usd": "budget.max_usd",
    "save_form": "saving.form",
    "evaluate": "evaluation.enabled",
    "canaries": "evaluation.canaries",
    "seed": "seed",
}
"""Where each wish stands in the spec. `batch` stands nowhere: micro_batch and accumulation follow from it."""
