"""Counts a model by building it without its weights, on torch's `meta` device: a job, run beside config.json alone.

Never imported: its text is the script of a workload, and needs torch and transformers. No code of a model is run but
that of transformers. Saved tensors are told by `torch.autograd.graph.saved_tensors_hooks`, each storage once, of two
lengths of one sequence: what grows with the square of the length are scores, which fused attention does not keep.
"""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUntypedBaseClass=false

import json
from collections import Counter
from pathlib import Path
from typing import Any

LENGTHS = (64, 128)
MOST_LAYERS = 4
"""Layers are alike: the activations of so many are counted, and divided among them."""


def main() -> None:
    """Write `outputs/count.json`; of a model that can't be built the traceback tells."""
    told = count(json.loads(Path("inputs/model/config.json").read_text()))
    Path("outputs/count.json").write_text(json.dumps(told))


def count(config: dict[str, Any]) -> dict[str, Any]:
    """Sizes, linear layers, parameters, and elements that one layer saves for one token."""
    whole = build(config)
    own = whole.config.get_text_config()
    output = whole.get_output_embeddings()
    return {
        "params": sum(one.numel() for one in whole.parameters()),
        "hidden": whole.get_input_embeddings().embedding_dim,
        "vocab": whole.get_input_embeddings().num_embeddings,
        "layers": own.num_hidden_layers,
        "heads": own.num_attention_heads,
        "kv_heads": getattr(own, "num_key_value_heads", None) or own.num_attention_heads,
        "head_dim": getattr(own, "head_dim", None),
        "max_position": getattr(own, "max_position_embeddings", None),
        "tied": output is not None and output.weight is whole.get_input_embeddings().weight,
        "linears": linears(whole, output),
        "elements": elements(config, own.num_hidden_layers),
    }


def build(config: dict[str, Any], layers: int | None = None) -> Any:
    """The model that transformers itself knows under this name; a repository's own code is never run."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    fields = {name: value for name, value in config.items() if name not in ("model_type", "auto_map")}
    own = AutoConfig.for_model(config["model_type"], **fields)
    if layers is not None:
        text = own.get_text_config()
        text.num_hidden_layers = layers
        if getattr(text, "layer_types", None):
            text.layer_types = text.layer_types[:layers]
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(own, trust_remote_code=False, dtype=torch.bfloat16)


def linears(model: Any, output: Any) -> list[tuple[str, int, int, bool, int]]:
    """Name, inputs, outputs, bias and copies of every linear layer but the output."""
    found = Counter(
        (name.rpartition(".")[2], *shape(layer), layer.bias is not None)
        for name, layer in model.named_modules()
        if layer is not output and type(layer).__name__ in ("Linear", "Conv1D") and layer.weight.dim() == 2
    )
    return [(*layer, copies) for layer, copies in found.items()]


def shape(layer: Any) -> tuple[int, int]:
    """Inputs and outputs; GPT-2's Conv1D keeps its weight the other way round."""
    first, second = layer.weight.shape
    return (first, second) if type(layer).__name__ == "Conv1D" else (second, first)


def elements(config: dict[str, Any], layers: int) -> float:
    """Of two bytes, saved by one layer for one token in a full training: what two lengths and two depths differ by."""
    few, more = min(1, layers), min(MOST_LAYERS, layers)
    if more == few:
        more = few + 1
    short, long = ([saved(config, depth, length) for depth in (few, more)] for length in LENGTHS)
    a, b = ((deep - flat) / (more - few) for flat, deep in (short, long))
    one, two = LENGTHS
    square = (b / two - a / one) / (two - one)
    return (a / one - max(0.0, square) * one) / 2


def saved(config: dict[str, Any], layers: int, length: int) -> float:
    """Bytes that one forward pass leaves for the backward pass, the weights left out."""
    import torch

    model = build(config, layers)
    weights = {one.untyped_storage()._cdata for one in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage
        return tensor

    tokens = torch.zeros((1, length), dtype=torch.long, device="meta")
    with as_on_a_gpu(), torch.autograd.graph.saved_tensors_hooks(keep, _same):
        model.base_model(input_ids=tokens, use_cache=False)
    return float(sum(one.nbytes() for one in kept.values()))


def _same(tensor: Any) -> Any:
    return tensor


def as_on_a_gpu() -> Any:
    """What a GPU does otherwise: attention is fused, and keeps what it reads and its result. And a tensor without
    values can't be asked for one; masks ask whether nothing is padded or packed, which is so."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Fused(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, query: Any, key: Any, value: Any) -> Any:
            result = query.new_empty((*query.shape[:-1], value.shape[-1]))
            ctx.save_for_backward(query, key, value, result)
            return result

    class OnGpu(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is torch.nn.functional.scaled_dot_product_attention:
                return Fused.apply(*args[:3])
            asks = func in (torch.Tensor.item, torch.Tensor.__bool__)
            return True if asks and args[0].is_meta else func(*args, **(kwargs or {}))

    return OnGpu()


if __name__ == "__main__":
    main()
