"""Whether the spec's sequence length, adapter and learning rate suit the model."""

from collections.abc import Iterator
from difflib import get_close_matches

from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.model_facts import ModelFacts, TensorShape
from muster.aegis.domain.preflight.problem import Problem, error, warning
from muster.aegis.domain.spec import ALL_LINEAR

HIGH_RATE = 0.01
"""Ten times what papers train adapters with."""
_NOT_ADAPTED = ("embed", "wte", "wpe", "norm", "ln_", "lm_head")


def check_length(case: Case) -> Iterator[Problem]:
    """`seq_len` against the positions that the model was built for: past them it trains without a word."""
    most, asked = case.model.number("max_position_embeddings", "n_positions", "n_ctx"), case.spec.shape.seq_len
    if most is not None and asked > most:
        text = f"seq_len {asked} is more than the {most} positions that the model was built for"
        advice = f"set shape.seq_len to {most} or less"
        yield error("sequence_length", text, where="shape.seq_len", advice=advice)


def check_rate(case: Case) -> Iterator[Problem]:
    """A learning rate that makes anything diverge."""
    rate = case.spec.optimization.learning_rate
    if rate > HIGH_RATE:
        text = f"a learning rate of {rate:g} makes a training diverge"
        advice = "1e-4 to 3e-4 is usual for an adapter, 1e-5 to 5e-5 for all weights"
        yield warning("numeric_divergence", text, where="optimization.learning_rate", advice=advice)


def linear_layers(model: ModelFacts) -> dict[str, TensorShape]:
    """Modules that an adapter can be put on, by full name: matrices that are no embedding, norm or output."""
    return {
        name.removesuffix(".weight"): tensor
        for name, tensor in model.tensors.items()
        if name.endswith(".weight") and len(tensor.shape) == 2 and not any(part in name for part in _NOT_ADAPTED)
    }


def adapted(case: Case) -> dict[str, TensorShape]:
    """The layers that get an adapter."""
    layers, targets = linear_layers(case.model), case.spec.lora.targets
    if ALL_LINEAR in targets:
        return layers
    return {name: tensor for name, tensor in layers.items() if any(_names(target, name) for target in targets)}


def check_targets(case: Case) -> Iterator[Problem]:
    """Whether the layers named for adapters are in the model."""
    layers = linear_layers(case.model)
    if case.trains_everything or not layers:
        return
    for target in case.spec.lora.targets:
        if target == ALL_LINEAR or any(_names(target, name) for name in layers):
            continue
        known = sorted({name.rpartition(".")[2] for name in layers})
        near = get_close_matches(target, known, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        text = f"no linear layer of the model is called {target!r}"
        advice = f"{hint}it has {', '.join(known[:12])}; {ALL_LINEAR} takes all of them"
        yield error("lora_targets", text, where="lora.targets", advice=advice)


def _names(target: str, module: str) -> bool:
    """As peft does it: the whole name, or its end after a dot."""
    return module == target or module.endswith(f".{target}")
