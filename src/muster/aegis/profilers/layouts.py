"""How each family builds its blocks: a table from `model_type` to what its published code does.

Source: the modelling files of transformers 5.23 (models/<type>/modeling_<type>.py), counted on the meta device.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from muster.aegis.domain.architecture import Family
from muster.aegis.profilers.config_fields import ConfigFields


@dataclass(frozen=True)
class Layout:
    """A family's choices. `norms`: hidden-wide ones in a layer; `head_norms`: what norms inside the attention hold."""

    family: Family
    gated: bool = True
    layer_norm: bool = False
    """Weight and bias; else a weight alone (RMS)."""
    parallel: bool = False
    norms: int = 2
    head_norms: int = 0
    qkv_bias: bool = False
    out_bias: bool = False
    mlp_bias: bool = False
    head_bias: bool = False
    learned_positions: bool = False
    names: tuple[str, str, str, str] = ("q_proj k_proj v_proj", "o_proj", "gate_proj up_proj", "down_proj")
    """Modules of attention in and out and of the feed-forward up and down; one name where they are fused."""


@dataclass(frozen=True)
class Rule:
    """A `model_type`: its layout, and values of keys that its files leave out (the class's own defaults)."""

    layout: Callable[[ConfigFields, int], Layout]
    tied: bool = False
    defaults: Mapping[str, int | bool] = field(default_factory=dict[str, int | bool])


def _llama(fields: ConfigFields, _: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("llama", qkv_bias=bias, out_bias=bias, mlp_bias=fields.flag("mlp_bias"))


def _qwen3(fields: ConfigFields, head_dim: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("qwen3", head_norms=2 * head_dim, qkv_bias=bias, out_bias=bias)


def _qwen3_moe(fields: ConfigFields, head_dim: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("moe", head_norms=2 * head_dim, qkv_bias=bias, out_bias=bias)


def _gemma(fields: ConfigFields, _: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("gemma", qkv_bias=bias, out_bias=bias)


def _gemma2(fields: ConfigFields, _: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("gemma", norms=4, qkv_bias=bias, out_bias=bias)


def _gemma3(fields: ConfigFields, head_dim: int) -> Layout:
    bias = fields.flag("attention_bias")
    return Layout("gemma", norms=4, head_norms=2 * head_dim, qkv_bias=bias, out_bias=bias)


def _phi(fields: ConfigFields, head_dim: int) -> Layout:
    return Layout(
        "phi", parallel=True, gated=False, layer_norm=True, norms=1,
        qkv_bias=True, out_bias=True, mlp_bias=True, head_bias=True,
        head_norms=4 * head_dim if fields.flag("qk_layernorm") else 0,
        names=("q_proj k_proj v_proj", "dense", "fc1", "fc2"),
    )  # fmt: skip


def _gpt2(_: ConfigFields, __: int) -> Layout:
    return Layout(
        "gpt2", gated=False, layer_norm=True, qkv_bias=True, out_bias=True, mlp_bias=True, learned_positions=True,
        names=("c_attn", "c_proj", "c_fc", "c_proj"),
    )  # fmt: skip


def _gpt_neox(fields: ConfigFields, _: int) -> Layout:
    bias = fields.flag("attention_bias", True)
    return Layout(
        "gpt_neox", gated=False, layer_norm=True, qkv_bias=bias, out_bias=bias, mlp_bias=True,
        parallel=fields.flag("use_parallel_residual", True),
        names=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    )  # fmt: skip


def _falcon(fields: ConfigFields, _: int) -> Layout:
    bias, new = fields.flag("bias"), fields.flag("new_decoder_architecture")
    parallel = new or fields.flag("parallel_attn", True)
    parallel_norms = fields.size("num_ln_in_parallel_attn", default=2 if new else 1)
    return Layout(
        "falcon", gated=False, layer_norm=True, qkv_bias=bias, out_bias=bias, mlp_bias=bias,
        parallel=parallel, norms=parallel_norms if parallel else 2,
        names=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    )  # fmt: skip


def _stablelm(fields: ConfigFields, head_dim: int) -> Layout:
    parallel = fields.flag("use_parallel_residual")
    heads = fields.size("num_attention_heads") + fields.size("num_key_value_heads", "num_attention_heads")
    return Layout(
        "stablelm", layer_norm=True, parallel=parallel, norms=1 if parallel else 2,
        qkv_bias=fields.flag("use_qkv_bias"), head_norms=heads * head_dim if fields.flag("qk_layernorm") else 0,
    )  # fmt: skip


def _qwen2_moe(fields: ConfigFields, _: int) -> Layout:
    return Layout("moe", qkv_bias=fields.flag("qkv_bias", True))


def _plain(layout: Layout) -> Callable[[ConfigFields, int], Layout]:
    return lambda fields, head_dim: layout


_PHI3 = Layout("phi", names=("qkv_proj", "o_proj", "gate_up_proj", "down_proj"))
_QWEN2 = Rule(_plain(Layout("qwen2", qkv_bias=True)))
_GEMMA3 = Rule(
    _gemma3,
    tied=True,
    defaults={"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 262_208},
)

RULES: Mapping[str, Rule] = {
    "llama": Rule(_llama),
    "mistral": Rule(_plain(Layout("mistral"))),
    "ministral3": Rule(_plain(Layout("mistral")), defaults={"head_dim": 128}),
    "qwen2": _QWEN2,
    "qwen2_vl": _QWEN2,
    "qwen2_vl_text": _QWEN2,
    "qwen2_5_vl": _QWEN2,
    "qwen2_5_vl_text": _QWEN2,
    "qwen3": Rule(_qwen3),
    "gemma": Rule(_gemma, tied=True, defaults={"head_dim": 256}),
    "gemma2": Rule(_gemma2, tied=True, defaults={"head_dim": 256}),
    "gemma3_text": _GEMMA3,
    "phi": Rule(_phi),
    "phi3": Rule(_plain(_PHI3)),
    "gpt2": Rule(_gpt2, tied=True),
    "gpt_neox": Rule(_gpt_neox),
    "falcon": Rule(_falcon, tied=True),
    "stablelm": Rule(_stablelm),
    "mixtral": Rule(_plain(Layout("moe"))),
    "qwen2_moe": Rule(_qwen2_moe),
    "qwen3_moe": Rule(_qwen3_moe),
    "deepseek": Rule(_plain(Layout("moe"))),
    "deepseek_v2": Rule(_plain(Layout("moe"))),
    "deepseek_v3": Rule(_plain(Layout("moe"))),
}
