"""A typed change to a training spec; what a `Repair` holds. Applied in order to the spec that the run began with."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from muster.aegis.domain.spec import Attention, Method, Precision, TrainingSpec
from muster.aegis.domain.values import Part
from muster.core.repairs import Repair


class SpecChange(Part):
    """New values for some fields of the spec; None leaves a field alone."""

    kind: Literal["spec"] = "spec"
    method: Method | None = None
    micro_batch: int | None = None
    accumulation: int | None = None
    epochs: float | None = None
    max_steps: int | None = None
    learning_rate: float | None = None
    warmup_share: float | None = None
    max_grad_norm: float | None = None
    seq_len: int | None = None
    packing: bool | None = None
    gradient_checkpointing: bool | None = None
    precision: Precision | None = None
    attention: Attention | None = None
    gpu: str | None = None
    gpus: int | None = None
    spot: bool | None = None
    eval_batch: int | None = None
    lora_targets: tuple[str, ...] | None = None
    keep_checkpoints: int | None = None


class Resume(Part):
    """The same spec again from a checkpoint: after a cause that goes away by itself, or from before a divergence."""

    kind: Literal["resume"] = "resume"
    checkpoint: str
    """Path of it, relative to the run's folder; empty: from the start."""
    change: SpecChange | None = None


SpecPatch = Annotated[SpecChange | Resume, Field(discriminator="kind")]


class Forecast(Part):
    """What a spec will take, by an estimator: GiB on one GPU, seconds and dollars of a whole attempt."""

    memory_gib: float | None = None
    seconds: float | None = None
    usd: float | None = None


Forecaster = Callable[[TrainingSpec], Forecast | None]
"""Handed in, so that decisions know no profiler; None: nothing is known of that spec."""


class SpecRepair(Repair[SpecPatch]):
    """A repair of a training, and what it changes in memory, time and cost."""

    needs_answer: bool = False
    """It changes what is learnt, or costs much more: a person says yes first."""
    quality_risk: str = ""
    before: Forecast | None = None
    after: Forecast | None = None


_IN = {
    "optimization": (
        "micro_batch", "accumulation", "epochs", "max_steps", "learning_rate", "warmup_share", "max_grad_norm",
    ),
    "shape": ("seq_len", "packing", "gradient_checkpointing", "precision", "attention"),
    "target": ("gpu", "gpus", "spot"),
    "saving": ("keep_checkpoints",),
}  # fmt: skip


def apply_change(spec: TrainingSpec, change: SpecChange) -> TrainingSpec:
    """The spec with the change, validated again. Raises pydantic's ValidationError for values out of bounds."""
    given = {name: value for name, value in change if name != "kind" and value is not None}
    document = spec.model_dump()
    for block, names in _IN.items():
        document[block] |= {name: given[name] for name in names if name in given}
    if "method" in given:
        document["method"] = given["method"]
    if "lora_targets" in given:
        document["lora"]["targets"] = given["lora_targets"]
    if "eval_batch" in given:
        document["evaluation"]["batch"] = given["eval_batch"]
    return TrainingSpec.model_validate(document)


def keeps_training(spec: TrainingSpec, patch: SpecPatch) -> bool:
    """Whether only the evaluation differs behind it: an artefact of `spec` stays what it is."""
    return apply_patch(spec, patch).model_copy(update={"evaluation": spec.evaluation}) == spec


def apply_patch(spec: TrainingSpec, patch: SpecPatch) -> TrainingSpec:
    """The spec after a repair. Raises as `apply_change`."""
    change = patch if isinstance(patch, SpecChange) else patch.change
    return apply_change(spec, change) if change else spec
