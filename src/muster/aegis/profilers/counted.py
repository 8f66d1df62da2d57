"""What a job says of a model that it built without weights, to an `Architecture`. Nothing of it is trusted."""

from typing import Annotated

from pydantic import Field, ValidationError

from muster.aegis.domain.architecture import Architecture, Linear, UnreadableConfig
from muster.aegis.domain.values import Part
from muster.aegis.profilers.architectures import MOST_PARAMS
from muster.aegis.profilers.config_fields import HIGHEST

SEEN = 0.8
"""Share of the parameters that linear layers and embeddings have: below it the layers are of a kind that is not
known, as experts in one tensor are, and what an adapter or a token takes can't be said."""
_Size = Annotated[int, Field(ge=1, le=HIGHEST)]
_LinearLayer = tuple[Annotated[str, Field(max_length=100)], _Size, _Size, bool, _Size]


class _Counted(Part):
    params: int = Field(ge=1, le=MOST_PARAMS)
    hidden: _Size
    vocab: _Size
    layers: _Size
    heads: _Size
    kv_heads: _Size
    head_dim: _Size | None = None
    max_position: _Size | None = None
    tied: bool
    linears: tuple[_LinearLayer, ...] = Field(min_length=1, max_length=10_000)
    elements: float = Field(gt=0, le=float(HIGHEST), allow_inf_nan=False)


def read_counted(told: bytes, dtype_bytes: int = 2) -> Architecture | UnreadableConfig:
    """The model in numbers, or why there are none."""
    try:
        found = _Counted.model_validate_json(told)
    except ValidationError:
        return UnreadableConfig(reason="what the job that counts it says is of no use", unknown=True)
    embeddings = found.vocab * found.hidden * (1 if found.tied else 2)
    linears = tuple(
        Linear(name=name, inputs=inputs, outputs=outputs, count=copies, used=copies, bias=bias)
        for name, inputs, outputs, bias, copies in found.linears
    )
    if sum(one.params for one in linears) + embeddings < SEEN * found.params:
        return UnreadableConfig(reason="most of its weights are in no linear layer", unknown=True)
    sizes = found.model_dump(exclude={"linears", "elements", "tied", "head_dim"})
    return Architecture(
        **sizes,
        family="other",
        head_dim=found.head_dim or max(1, found.hidden // found.heads),
        intermediate=max(one.inputs for one in linears),
        tied_embeddings=found.tied,
        dtype_bytes=dtype_bytes,
        saved_elements=found.elements,
        linears=linears,
    )
