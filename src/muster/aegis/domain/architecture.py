"""What a model's config.json says that memory and time follow from."""

from typing import Literal

from pydantic import Field

from muster.aegis.domain.values import Part

Family = Literal["llama", "mistral", "qwen2", "qwen3", "gemma", "phi", "moe", "gpt2", "other"]


class Architecture(Part):
    """A decoder, in numbers. `params` counts every weight once (tied embeddings too)."""

    family: Family
    params: int = Field(gt=0)
    hidden: int = Field(gt=0)
    layers: int = Field(gt=0)
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)
    """Not hidden / heads in Gemma and Qwen3."""
    intermediate: int = Field(gt=0)
    vocab: int = Field(gt=0)
    tied_embeddings: bool
    max_position: int | None = None
    experts: int = 0
    experts_used: int = 0
    shared_intermediate: int = 0
    """Width of the experts that every token passes, 0 without."""
    dtype_bytes: int = 2
    """Of a stored weight."""
