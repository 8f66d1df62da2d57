"""What a model's config.json says that memory and time follow from."""

from typing import Literal

from pydantic import Field

from muster.aegis.domain.values import Part

Family = Literal[
    "llama", "mistral", "qwen2", "qwen3", "gemma", "phi", "moe", "gpt2", "falcon", "gpt_neox", "stablelm", "other",
]  # fmt: skip


class Linear(Part):
    """Linear layers of one name, over the whole model: what 4- and 8-bit loading shrinks, what an adapter is put on."""

    name: str
    """Last part of the module's name: `q_proj`, `c_attn`. A fused one is one."""
    inputs: int = Field(gt=0)
    outputs: int = Field(gt=0)
    count: int = Field(gt=0)
    """Copies in the model."""
    used: int = Field(gt=0)
    """Copies that one token passes; fewer than `count` for experts."""
    bias: bool = False

    @property
    def params(self) -> int:
        """Weights and biases of all copies."""
        return self.count * (self.inputs * self.outputs + self.bias * self.outputs)


class Architecture(Part):
    """A decoder, in numbers. `params` counts every weight once (tied embeddings too); of a model that also sees or
    hears, the text decoder alone."""

    family: Family
    params: int = Field(gt=0)
    hidden: int = Field(gt=0)
    layers: int = Field(gt=0)
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)
    """Not hidden / heads in Gemma and Qwen3."""
    intermediate: int = Field(gt=0)
    """Width of a feed-forward; in a mixture, of one expert."""
    vocab: int = Field(gt=0)
    tied_embeddings: bool
    gated: bool = True
    """Whether a feed-forward has a gate beside its way up."""
    parallel: bool = False
    """Whether attention and feed-forward read the same hidden state."""
    layer_norm: bool = False
    """Norms with weight and bias that stay in half precision; else RMS norms, which work in fp32."""
    norms: int = 2
    """Of the hidden state, in a layer."""
    head_norms: bool = False
    """Whether queries and keys have norms of their own."""
    gelu_in_steps: bool = False
    """An activation written out in tensor operations (`gelu_new`), each of which keeps something."""
    max_position: int | None = None
    experts: int = 0
    experts_used: int = 0
    shared_intermediate: int = 0
    """Width of the experts that every token passes, 0 without."""
    dtype_bytes: int = 2
    """Of a stored weight."""
    saved_elements: float | None = None
    """What one layer keeps of one token in a full training, where it was counted by building the model; None: it
    follows from the family's modules."""
    linears: tuple[Linear, ...] = ()
    """Every linear layer but the output."""

    @property
    def linear_params(self) -> int:
        """Of the linear layers but the output."""
        return sum(linear.params for linear in self.linears)

    @property
    def active_params(self) -> int:
        """What one token is multiplied with: the linear layers it passes and the output; no embedding look-up."""
        passed = sum(linear.used * linear.inputs * linear.outputs for linear in self.linears)
        return passed + self.hidden * self.vocab


class UnreadableConfig(Part):
    """Why a config.json gives no `Architecture`."""

    reason: str
    unknown: bool = False
    """Its family is none that can be counted from config.json alone."""
    missing: tuple[str, ...] = ()
    """Keys that were looked for; with alternatives `hidden_size|n_embd`."""
    wrong: tuple[str, ...] = ()
    """Keys and what is wrong with their values."""
