"""What nobody said: a value, and why it is this one. Some follow from what was said."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pydantic import BaseModel, JsonValue

from muster.aegis.domain.spec import (
    Budget,
    DataRef,
    Evaluation,
    Lora,
    Optimization,
    Saving,
    Shape,
    Target,
    TrainingSpec,
)
from muster.aegis.domain.values import Part

Said = Mapping[str, JsonValue]

_REASONS = {
    "method": "an adapter trains on the least memory",
    "objective": "rows have one answer each",
    "lora.rank": "16 is enough for most tasks",
    "lora.targets": "all linear layers learn best for a given rank",
    "optimization.micro_batch": "a small batch fits; accumulation makes up for it",
    "optimization.epochs": "three passes over a small set are usual",
    "shape.seq_len": "fits most chats; the look at the data says how many rows it cuts",
    "shape.precision": "bf16 where the GPU has it",
    "shape.attention": "torch's own attention runs everywhere",
    "target.executor": "this machine; say `on modal` or `on nomad` where the GPU is elsewhere",
    "target.gpu": "no GPU was asked for",
    "budget.max_usd": "nothing above it is ever started",
    "saving.form": "an adapter is small, and can be merged later",
    "evaluation.canaries": "nothing is added to your rows unless you ask",
    "data.eval_share": "a tenth of the rows is held out",
    "seed": "fixed, so that a run can be repeated",
}
_BLOCKS: dict[str, type[BaseModel]] = {
    "data": DataRef,
    "lora": Lora,
    "optimization": Optimization,
    "shape": Shape,
    "target": Target,
    "evaluation": Evaluation,
    "budget": Budget,
    "saving": Saving,
}
_LISTS: dict[str, JsonValue] = {"lora.targets": [*Lora().targets], "evaluation.tasks": [*Evaluation().tasks]}
"""Tuples, as JSON has them."""
_NOT_SHOWN = ("data.columns", "evaluation.thresholds")
"""Tables of their own: the spec fills them."""


class Default(Part):
    """A value that nobody asked for."""

    value: JsonValue
    reason: str


def defaults(said: Said) -> dict[str, Default]:
    """For every path of the spec that was not said and has a default."""
    plain = {path: Default(value=value, reason=_REASONS.get(path, "the default")) for path, value in _plain()}
    follows = {path: default for path, default in _following(said) if default is not None}
    return {path: default for path, default in (plain | follows).items() if path not in said}


def _plain() -> Iterator[tuple[str, JsonValue]]:
    for name in ("method", "objective", "seed"):
        yield name, TrainingSpec.model_fields[name].default
    for block, model in _BLOCKS.items():
        for name, field in model.model_fields.items():
            path = f"{block}.{name}"
            if not field.is_required() and field.default is not None and path not in _NOT_SHOWN:
                yield path, _LISTS.get(path, field.default)


def _following(said: Said) -> Iterator[tuple[str, Default | None]]:
    """Defaults that hang on what was said."""
    yield "name", _name(said)
    yield "optimization.learning_rate", _rate(said)
    yield "lora.alpha", _alpha(said)
    yield "budget.soft_usd", _soft(said)
    yield "shape.gradient_checkpointing", _checkpointing(said)


def _name(said: Said) -> Default:
    data, model = (PurePosixPath(str(said.get(path, ""))).stem for path in ("data.path", "model.path"))
    name = re.sub(r"[^a-z0-9]+", "-", f"{model} {data}".lower()).strip("-")[:63].strip("-")
    return Default(value=name or "finetune", reason="after the model and the data")


def _rate(said: Said) -> Default:
    if said.get("objective") == "dpo":
        return Default(value=5e-6 if said.get("method") == "full" else 5e-5, reason="dpo wants small steps")
    if said.get("method") == "full":
        return Default(value=2e-5, reason="all weights are trained: a tenth of an adapter's rate")
    return Default(value=2e-4, reason="usual for an adapter")


def _alpha(said: Said) -> Default | None:
    rank = said.get("lora.rank")
    return Default(value=2 * rank, reason="twice the rank") if isinstance(rank, int) else None


def _soft(said: Said) -> Default:
    most = said.get("budget.max_usd")
    if isinstance(most, int | float) and most < 1:
        return Default(value=most, reason="the whole of the limit that you named")
    return Default(value=1.0, reason="up to a dollar nobody is asked")


def _checkpointing(said: Said) -> Default | None:
    if said.get("method") == "qlora":
        return Default(value=True, reason="qlora is chosen to save memory, and this saves most of the rest")
    return None
