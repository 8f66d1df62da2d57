"""The feed-forwards of a mixture of experts: how many, how wide, in which layers."""

from dataclasses import dataclass

from muster.aegis.profilers.config_fields import ConfigFields

TYPES = ("mixtral", "qwen2_moe", "qwen3_moe", "deepseek", "deepseek_v2", "deepseek_v3")


@dataclass(frozen=True)
class Mixture:
    """Experts of the layers that have them; `dense_layers` have a plain feed-forward of width `dense` instead."""

    experts: int
    used: int
    width: int
    shared: int
    """Width of the experts that every token passes, together."""
    shared_gate: bool
    dense_layers: int
    dense: int


def read_mixture(fields: ConfigFields, model_type: str, layers: int) -> Mixture | None:
    """The mixture of a config, None for a model that has none."""
    if model_type not in TYPES:
        return None
    if model_type == "mixtral":
        width = fields.size("intermediate_size")
        experts, used = fields.size("num_local_experts", default=8), fields.size("num_experts_per_tok", default=2)
        return Mixture(experts, used, width, 0, False, 0, width)
    read = _read_deepseek if model_type.startswith("deepseek") else _read_qwen
    return read(fields, layers)


def _read_qwen(fields: ConfigFields, layers: int) -> Mixture:
    step = fields.size("decoder_sparse_step", default=1)
    listed = fields.layers_listed("mlp_only_layers", layers)
    dense = layers - (layers // step) if step > 1 else listed
    shared = fields.size("shared_expert_intermediate_size", default=0, low=0)
    return Mixture(
        experts=fields.size("num_experts", "num_local_experts"),
        used=fields.size("num_experts_per_tok"),
        width=fields.size("moe_intermediate_size"),
        shared=shared,
        shared_gate=shared > 0,
        dense_layers=dense,
        dense=fields.size("intermediate_size"),
    )


def _read_deepseek(fields: ConfigFields, layers: int) -> Mixture:
    width = fields.size("moe_intermediate_size")
    first = fields.size("first_k_dense_replace", default=0, low=0)
    return Mixture(
        experts=fields.size("n_routed_experts"),
        used=fields.size("num_experts_per_tok"),
        width=width,
        shared=width * fields.size("n_shared_experts", default=0, low=0),
        shared_gate=False,
        dense_layers=min(first, layers),
        dense=fields.size("intermediate_size"),
    )
