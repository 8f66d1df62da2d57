"""What memory and time follow from beside the model: a training spec's choices, in the terms of the formulas."""

from typing import Literal

from pydantic import Field

from muster.aegis.domain.architecture import Architecture, Linear
from muster.aegis.domain.spec import ALL_LINEAR, Attention, Method, TrainingSpec
from muster.aegis.domain.values import Part

Quantised = Literal["nf4", "nf4-dq", "int8"]
"""Four bits with one scale for 64 weights, the same with its scales in 8 bits (double quantisation), eight bits."""
Optimizer = Literal["adamw", "adamw_8bit", "paged_adamw", "paged_adamw_8bit"]
Sharding = Literal["ddp", "fsdp", "zero1", "zero2", "zero3"]


class TrainingSetup(Part):
    """One micro-batch on one GPU of `gpus`. Bytes are those of one number."""

    method: Method = "lora"
    quantised: Quantised | None = None
    weight_bytes: int = 2
    kept_bytes: int = 2
    """Of a weight that quantisation leaves alone: embeddings, output, norms."""
    batch: int = Field(default=1, ge=1)
    """Sequences that pass the model at once; two for each pair of preferences."""
    seq_len: int = Field(default=1024, ge=1)
    accumulates: bool = False
    """Gradients of earlier micro-batches stay while the next is forwarded."""
    checkpointing: bool = False
    attention: Attention = "sdpa"
    optimizer: Optimizer = "adamw"
    state_bytes: int = 4
    """Of one of AdamW's two states: they have the trained weights' type."""
    in_backward: bool = False
    """The optimizer steps layer by layer, each gradient freed at once."""
    lora_rank: int = 16
    lora_targets: tuple[str, ...] = (ALL_LINEAR,)
    lora_dropout: bool = False
    adapter_bytes: int = 4
    reference_model: bool = False
    """A second, frozen copy: preferences trained on all weights."""
    compiled: bool = False
    chunked_loss: bool = False
    offloaded: bool = False
    """What checkpointing keeps lies in host memory."""
    gpus: int = Field(default=1, ge=1)
    sharding: Sharding = "ddp"

    @property
    def tokens(self) -> int:
        """Of one forward pass."""
        return self.batch * self.seq_len


def setup_of(spec: TrainingSpec) -> TrainingSetup:
    """A spec as the generated script trains it: transformers' Trainer with peft.

    On a GPU weights are bf16 or fp16 unless the spec says fp32; on the CPU `auto` is fp32, and so are the weights that
    fp16 trains in full (its activations are counted as wide, which is too much). An adapter is fp32 (peft's
    default), and so are its AdamW states; a full training's states have the weights' type. 4 bits come with double
    quantisation, and peft's preparation turns what they leave alone to fp32.
    """
    on_cpu = spec.target.gpu == "cpu"
    full = spec.method == "full"
    precision = spec.shape.precision
    wide = precision == "fp32" or (precision == "auto" and on_cpu) or (precision == "fp16" and full)
    weight_bytes = 4 if wide else 2
    pairs = 2 if spec.objective == "dpo" else 1
    return TrainingSetup(
        method=spec.method,
        quantised="nf4-dq" if spec.method == "qlora" and not on_cpu else None,
        weight_bytes=weight_bytes,
        kept_bytes=4 if spec.method == "qlora" else weight_bytes,
        batch=spec.optimization.micro_batch * pairs,
        seq_len=spec.shape.seq_len,
        accumulates=spec.optimization.accumulation > 1,
        checkpointing=spec.shape.gradient_checkpointing,
        attention=spec.shape.attention,
        state_bytes=weight_bytes if full else 4,
        lora_rank=spec.lora.rank,
        lora_targets=spec.lora.targets,
        lora_dropout=spec.lora.dropout > 0,
        reference_model=full and spec.objective == "dpo",
        gpus=spec.target.gpus,
    )


def adapted(architecture: Architecture, setup: TrainingSetup) -> tuple[Linear, ...]:
    """The linear layers that get an adapter, the output too where a target names it."""
    if setup.method == "full":
        return ()
    everything = ALL_LINEAR in setup.lora_targets
    found = tuple(one for one in architecture.linears if everything or one.name in setup.lora_targets)
    if not any(name in setup.lora_targets for name in ("lm_head", "embed_out")):
        return found
    return (*found, Linear(name="lm_head", inputs=architecture.hidden, outputs=architecture.vocab, count=1, used=1))


def trained_params(architecture: Architecture, setup: TrainingSetup) -> int:
    """Weights that get a gradient: all, or rank x (inputs + outputs) for each adapted layer (arXiv 2106.09685)."""
    if setup.method == "full":
        return architecture.params
    widths = sum(one.count * (one.inputs + one.outputs) for one in adapted(architecture, setup))
    return setup.lora_rank * widths
