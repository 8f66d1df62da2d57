"""A model's config.json to an `Architecture`: exact counts for the families of `layouts`, a reason for the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from muster.aegis.domain.architecture import Architecture, Linear, UnreadableConfig
from muster.aegis.profilers.config_fields import ConfigFields
from muster.aegis.profilers.layouts import RULES, Layout, Rule
from muster.aegis.profilers.mixtures import Mixture, read_mixture

MOST_PARAMS = 10**14
"""A sum above it is a broken config, and would not fit where a run is stored."""

_BYTES = {"float32": 4, "float64": 8, "bfloat16": 2, "float16": 2, "float8_e4m3fn": 1, "int8": 1}


@dataclass(frozen=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int


def read_architecture(config: Mapping[str, object]) -> Architecture | UnreadableConfig:
    """Count a decoder from its config.json; nested `text_config` and the names of GPT-2 and Falcon are understood.

    Checked against the same models built by transformers 5.23 on the meta device. Nothing in a config makes it
    raise: what is missing or out of bounds is told together.
    """
    text = _decoder_part(config)
    model_type = text.get("model_type")
    rule = RULES.get(model_type) if isinstance(model_type, str) else None
    fields = ConfigFields(text, rule.defaults if rule else {})
    sizes = _read_sizes(fields, falcon=model_type == "falcon")
    if rule is None or not isinstance(model_type, str):
        known = ", ".join(RULES)
        told = repr(model_type[:40]) if isinstance(model_type, str) else f"a {type(model_type).__name__}"
        reason = f"model_type {told} is none of those that can be counted: {known}"
        return UnreadableConfig(reason=reason, unknown=True, missing=tuple(fields.missing), wrong=tuple(fields.wrong))
    found = _assemble(fields, rule, model_type, sizes, text)
    if fields.missing or fields.wrong:
        reason = "config.json lacks sizes or has impossible ones"
        return UnreadableConfig(reason=reason, missing=tuple(fields.missing), wrong=tuple(fields.wrong))
    return found


def _decoder_part(config: Mapping[str, object]) -> Mapping[str, object]:
    """The config of the language model inside a model that also sees; the outer file's ties and dtype go with it."""
    inner = config.get("text_config") or config.get("language_config") or config.get("llm_config")
    if not isinstance(inner, Mapping) or not inner:
        return config
    shared = {key: config[key] for key in ("tie_word_embeddings", "torch_dtype", "dtype") if key in config}
    return {**shared, **cast(Mapping[str, object], inner)}


def _read_sizes(fields: ConfigFields, *, falcon: bool) -> _Sizes:
    hidden = fields.size("hidden_size", "n_embd")
    heads = fields.size("num_attention_heads", "n_head")
    kv_heads = _falcon_kv_heads(fields, heads) if falcon else fields.size("num_key_value_heads", default=heads)
    return _Sizes(
        hidden=hidden,
        layers=fields.size("num_hidden_layers", "n_layer"),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=fields.size("head_dim", default=max(1, hidden // heads)),
        vocab=fields.size("vocab_size"),
    )


def _falcon_kv_heads(fields: ConfigFields, heads: int) -> int:
    if fields.flag("new_decoder_architecture"):
        return fields.size("num_kv_heads", "n_head_kv", default=heads)
    return 1 if fields.flag("multi_query", True) else heads


def _assemble(
    fields: ConfigFields, rule: Rule, model_type: str, sizes: _Sizes, text: Mapping[str, object]
) -> Architecture | UnreadableConfig:
    layout = rule.layout(fields, sizes.head_dim)
    mixture = read_mixture(fields, model_type, sizes.layers)
    width = mixture.width if mixture else _width(fields, sizes.hidden, model_type)
    latent = model_type in ("deepseek_v2", "deepseek_v3")
    attention = _latent_attention(fields, sizes) if latent else _attention(sizes, layout)
    linears = attention + _feed_forwards(sizes, layout, mixture, width)
    tied = fields.flag("tie_word_embeddings", rule.tied)
    position = fields.size("max_position_embeddings", "n_positions", default=0, low=0)
    params = sum(linear.params for linear in linears) + _others(fields, sizes, layout, tied, position)
    if params > MOST_PARAMS:
        return UnreadableConfig(reason=f"its sizes make {params:.1e} parameters, which no model has")
    return Architecture(
        family=layout.family, params=params, hidden=sizes.hidden, layers=sizes.layers, heads=sizes.heads,
        kv_heads=sizes.kv_heads, head_dim=sizes.head_dim, intermediate=width, vocab=sizes.vocab,
        tied_embeddings=tied, gated=layout.gated, layer_norm=layout.layer_norm,
        parallel=layout.parallel, norms=layout.norms, head_norms=layout.head_norms > 0,
        gelu_in_steps=_gelu_in_steps(text, layout), max_position=position or None,
        experts=mixture.experts if mixture else 0, experts_used=mixture.used if mixture else 0,
        shared_intermediate=mixture.shared if mixture else 0, dtype_bytes=_dtype_bytes(text), linears=linears,
    )  # fmt: skip


def _width(fields: ConfigFields, hidden: int, model_type: str) -> int:
    four_times = 4 * hidden if model_type in ("gpt2", "falcon") else None
    return fields.size("intermediate_size", "n_inner", "ffn_hidden_size", default=four_times)


def _attention(sizes: _Sizes, layout: Layout) -> tuple[Linear, ...]:
    query, key = sizes.heads * sizes.head_dim, sizes.kv_heads * sizes.head_dim
    names = layout.names[0].split()
    widths = (query, key, key) if len(names) > 1 else (query + 2 * key,)
    into = tuple(
        _every_layer(sizes, name, sizes.hidden, width, layout.qkv_bias)
        for name, width in zip(names, widths, strict=True)
    )
    return (*into, _every_layer(sizes, layout.names[1], query, sizes.hidden, layout.out_bias))


def _every_layer(sizes: _Sizes, name: str, inputs: int, outputs: int, bias: bool = False) -> Linear:
    return Linear(name=name, inputs=inputs, outputs=outputs, count=sizes.layers, used=sizes.layers, bias=bias)


def _latent_attention(fields: ConfigFields, sizes: _Sizes) -> tuple[Linear, ...]:
    """DeepSeek's: queries, keys and values go through narrow latents (arXiv 2405.04434, section 2.1)."""
    nope, rope = fields.size("qk_nope_head_dim"), fields.size("qk_rope_head_dim")
    value, latent = fields.size("v_head_dim"), fields.size("kv_lora_rank")
    query_latent, heads = fields.size("q_lora_rank", default=0, low=0), sizes.heads
    if query_latent:
        query = (("q_a_proj", sizes.hidden, query_latent), ("q_b_proj", query_latent, heads * (nope + rope)))
    else:
        query = (("q_proj", sizes.hidden, heads * (nope + rope)),)
    rest = (
        ("kv_a_proj_with_mqa", sizes.hidden, latent + rope),
        ("kv_b_proj", latent, heads * (nope + value)),
        ("o_proj", heads * value, sizes.hidden),
    )
    return tuple(_every_layer(sizes, *parts) for parts in (*query, *rest))


def _feed_forwards(sizes: _Sizes, layout: Layout, mixture: Mixture | None, width: int) -> tuple[Linear, ...]:
    if mixture is None:
        return _feed_forward(sizes, layout, width, sizes.layers, sizes.layers)
    mixed = sizes.layers - mixture.dense_layers
    parts: tuple[Linear, ...] = ()
    if mixture.dense_layers:
        parts += _feed_forward(sizes, layout, mixture.dense, mixture.dense_layers, mixture.dense_layers)
    if mixed:
        parts += _feed_forward(sizes, layout, width, mixed * mixture.experts, mixed * mixture.used)
        parts += (Linear(name="gate", inputs=sizes.hidden, outputs=mixture.experts, count=mixed, used=mixed),)
    if mixed and mixture.shared:
        parts += _feed_forward(sizes, layout, mixture.shared, mixed, mixed)
    if mixed and mixture.shared_gate:
        parts += (Linear(name="shared_expert_gate", inputs=sizes.hidden, outputs=1, count=mixed, used=mixed),)
    return parts


def _feed_forward(sizes: _Sizes, layout: Layout, width: int, count: int, used: int) -> tuple[Linear, ...]:
    names = layout.names[2].split()
    ups = 2 if layout.gated else 1
    hidden, bias = sizes.hidden, layout.mlp_bias
    up = tuple(
        Linear(name=name, inputs=hidden, outputs=width * ups // len(names), count=count, used=used, bias=bias)
        for name in names
    )
    return (*up, Linear(name=layout.names[3], inputs=width, outputs=hidden, count=count, used=used, bias=bias))


def _others(fields: ConfigFields, sizes: _Sizes, layout: Layout, tied: bool, position: int) -> int:
    """Embeddings, output, norms, learned positions."""
    norm = sizes.hidden * (2 if layout.layer_norm else 1)
    latents = fields.size("kv_lora_rank", default=0, low=0) + fields.size("q_lora_rank", default=0, low=0)
    norms = sizes.layers * (layout.norms * norm + layout.head_norms + latents) + norm
    embeddings = sizes.vocab * sizes.hidden * (1 if tied else 2) + layout.head_bias * sizes.vocab
    return norms + embeddings + (position * sizes.hidden if layout.learned_positions else 0)


def _gelu_in_steps(text: Mapping[str, object], layout: Layout) -> bool:
    told = text.get("hidden_act") or text.get("activation_function")
    return not layout.gated and told in ("gelu_new", "gelu_fast")


def _dtype_bytes(text: Mapping[str, object]) -> int:
    """Of the stored weights; a file that doesn't say comes from the time of fp32."""
    told = text.get("dtype") or text.get("torch_dtype")
    return _BYTES.get(told, 4) if isinstance(told, str) else 4
