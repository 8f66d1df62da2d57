"""Peak memory of a training on one GPU, by components."""

from collections.abc import Mapping
from dataclasses import dataclass

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.estimates import Interval, MemoryEstimate, Peak
from muster.aegis.profilers import activations
from muster.aegis.profilers.setups import Optimizer, Quantised, TrainingSetup, trained_params

GIB = 2**30

QUANTISED_BYTES: Mapping[Quantised, float] = {
    "nf4": 0.5 + 4 / 64,
    "nf4-dq": 0.5 + 1 / 64 + 4 / (64 * 256),
    "int8": 1.0,
}
"""A weight of a quantised linear layer: its bits and the scale of its block (QLoRA, arXiv 2305.14314, section 3)."""

STATE_BYTES: Mapping[Optimizer, float | None] = {
    "adamw": None,
    "adamw_8bit": 2 + 2 * 4 / 256,
    "paged_adamw": 0.0,
    "paged_adamw_8bit": 0.0,
}
"""Of both AdamW states of one weight (bitsandbytes: a scale for 256); None: twice `state_bytes`; paged ones lie in
host memory."""

CONTEXT_GIB = 0.6
"""CUDA context and libraries, which no allocator counts: assumed (0.3 to 0.8 is usual), not measured here."""
PROCESS_GIB = Interval(low=0.30, mid=0.47, high=0.59)
"""A training's process on a CPU before its model: the interpreter with torch, transformers' Trainer and peft imported.
Measured by /proc/self/status: 0.32 GiB of its own (RssAnon; a control group counts hardly more where another process
read the libraries first), 0.45 to 0.47 with the libraries' pages (VmRSS); a quarter above for other builds: assumed."""
RESERVED_SHARE = 0.06
"""Of the allocated peak, held by the allocator beside it in fragments: assumed, not measured here."""
COUNTED = "this family is not known: the model was built without weights and counted, and the interval is wider"
SURE, UNSURE = 0.02, 0.3
"""Half widths of the interval, as shares of what stays through a step and of what comes and goes in it. Fitted: 8 of
10 published rows lie within."""


WIDER = 0.5
"""The same half width of a model whose family nobody compared with a measured peak."""


@dataclass(frozen=True)
class Fitted:
    """The constants that were fitted (`fitting.fit`) on the published peaks; everything else is counted."""

    activation: float
    """Saved bytes over counted ones: copies, rounding, what the count misses."""
    quantised: float
    """Kept inputs of quantised layers over counted ones: casts."""
    base_gib: float
    """Library workspaces and whatever does not grow."""


FITTED = Fitted(activation=1.07, quantised=1.73, base_gib=0.6)
"""`fit` on the 61 measured rows of `data/vram_measured.json`."""


def estimate_memory(
    architecture: Architecture, setup: TrainingSetup, peak: Peak = "device", fitted: Fitted = FITTED
) -> MemoryEstimate:
    """GiB on the fullest GPU at the worst moment: the end of a forward pass, or the end of the backward pass.

    `allocated` is torch.cuda.max_memory_allocated, `reserved` what the allocator holds, `device` what nvidia-smi
    shows, `process` what a training on the CPU has resident. Only `allocated` and `process` were compared with
    measurements.
    """
    staying = {name: size / GIB for name, size in _staying_bytes(architecture, setup).items()}
    passing = _worst_moment(architecture, setup, fitted)
    above = _above_counted(peak, sum(staying.values()) + sum(passing.values()), fitted)
    counted = architecture.saved_elements is not None
    return MemoryEstimate(
        total_gib=_interval(sum(staying.values()), sum(passing.values()), above, WIDER if counted else UNSURE),
        parts_gib={**staying, **passing, **above},
        peak=peak,
        notes=(*_notes(setup), *([COUNTED] if counted else [])),
    )


def _interval(sure: float, unsure: float, above: Mapping[str, float], width: float) -> Interval:
    """A process on the CPU has measured bounds of its own; all else above what was counted is as unsure as a step."""
    own = PROCESS_GIB if "process" in above else Interval(low=0.0, mid=0.0, high=0.0)
    unsure += sum(above.values()) - own.mid
    mid, reach = sure + unsure, SURE * sure + width * unsure
    return Interval(low=mid - reach + own.low, mid=mid + own.mid, high=mid + reach + own.high)


def _above_counted(peak: Peak, counted_gib: float, fitted: Fitted) -> dict[str, float]:
    """Workspaces of a GPU's libraries, its allocator and context; on a CPU the process itself."""
    if peak == "process":
        return {"process": PROCESS_GIB.mid}
    base = {"overhead": fitted.base_gib}
    slack = {"allocator slack": RESERVED_SHARE * (counted_gib + fitted.base_gib)}
    return {"allocated": base, "reserved": {**base, **slack}, "device": {**base, **slack, "context": CONTEXT_GIB}}[peak]


def _staying_bytes(architecture: Architecture, setup: TrainingSetup) -> dict[str, float]:
    """What is there through the whole step. Sharding: ZeRO, arXiv 1910.02054, figure 1."""
    trained = trained_params(architecture, setup)
    each = STATE_BYTES[setup.optimizer]
    states = trained * (2 * setup.state_bytes if each is None else each)
    shards = setup.gpus if setup.sharding != "ddp" else 1
    shards_weights = shards if setup.sharding in ("fsdp", "zero3") else 1
    weights = weight_bytes(architecture, setup)
    parts = {
        "weights": weights / shards_weights,
        "adapter": trained * setup.adapter_bytes / shards_weights if setup.method != "full" else 0.0,
        "reference model": weights / shards_weights if setup.reference_model else 0.0,
        "optimizer": states / shards,
        "dequantised layer": _dequantised_bytes(architecture, setup),
        "gathered layers": _gathered_bytes(architecture, setup) if shards_weights > 1 else 0.0,
    }
    return {name: size for name, size in parts.items() if size}


def weight_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Of the model as it is loaded: quantisation shrinks linear layers alone, never embeddings, output and norms."""
    if setup.quantised is None:
        return float(architecture.params * setup.weight_bytes)
    linear = architecture.linear_params
    return linear * QUANTISED_BYTES[setup.quantised] + (architecture.params - linear) * setup.kept_bytes


def _gathered_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Two whole layers where weights are sharded: the one at work, and the next that is fetched already."""
    linear = weight_bytes(architecture, setup) * architecture.linear_params / architecture.params
    return 2 * max(linear / architecture.layers, architecture.vocab * architecture.hidden * setup.weight_bytes / 2)


def _gradient_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    each = setup.weight_bytes if setup.method == "full" else setup.adapter_bytes
    if setup.in_backward:
        return _output_gradient_bytes(architecture, setup)
    whole = each * trained_params(architecture, setup)
    if setup.gpus == 1:
        return whole
    return whole * 2 if setup.sharding == "ddp" else whole / (1 if setup.sharding == "zero1" else setup.gpus)


def _output_gradient_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """The first gradient of a backward pass, there while logits still are."""
    return setup.weight_bytes * architecture.vocab * architecture.hidden if setup.method == "full" else 0.0


def _dequantised_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """The widest quantised layer, unpacked while it multiplies."""
    widest = max((one.inputs * one.outputs for one in architecture.linears), default=0)
    return setup.weight_bytes * widest if setup.quantised else 0.0


def _worst_moment(architecture: Architecture, setup: TrainingSetup, fitted: Fitted) -> dict[str, float]:
    """Gradients, activations and logits in GiB, at the end of the forward or of the backward pass."""
    missed = fitted.activation if architecture.saved_elements is None else 1.0
    layer = missed * activations.layer_bytes(architecture, setup) + activations.score_bytes(architecture, setup)
    layer += fitted.quantised * activations.quantised_input_bytes(architecture, setup)
    logits = activations.logit_bytes(architecture, setup)
    gradients = _gradient_bytes(architecture, setup)
    stays = setup.accumulates or setup.method != "full"
    early = gradients if stays else _output_gradient_bytes(architecture, setup)
    if setup.checkpointing:
        kept = activations.checkpoint_bytes(architecture, setup)
        moments = [(early, kept, logits), (early, kept + layer, 0.0), (gradients, layer, 0.0)]
    else:
        moments = [(early, layer * architecture.layers, logits), (gradients, layer, 0.0)]
    worst = max(moments, key=sum)
    names = ("gradients", "activations", "logits")
    return {name: size / GIB for name, size in zip(names, worst, strict=True) if size}


def _notes(setup: TrainingSetup) -> tuple[str, ...]:
    notes = {
        "paged optimizer states lie in host memory": setup.optimizer.startswith("paged"),
        "eager attention keeps s x s scores; sdpa does not": setup.attention == "eager",
    }
    return tuple(note for note, told in notes.items() if told)
