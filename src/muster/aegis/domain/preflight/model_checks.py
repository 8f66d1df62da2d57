"""Whether the base model is whole: its config, its weights, its tokenizer, and whether they belong together."""

from collections.abc import Iterator

from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.model_facts import ModelFacts, TensorShape
from muster.aegis.domain.preflight.problem import Problem, error, warning

_COPY = "copy the model again and compare checksums"
_EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight", "embed_in.weight")
_ATTENTION_OUT = ("o_proj.weight", "out_proj.weight", "dense.weight", "c_proj.weight")


def embedding(model: ModelFacts) -> TensorShape | None:
    """The input embedding, (vocabulary, hidden)."""
    found = (shape for name, shape in model.tensors.items() if name.endswith(_EMBEDDINGS) and len(shape.shape) == 2)
    return next(found, None)


def check_model(case: Case) -> Iterator[Problem]:
    """The folder and what is in it."""
    model = case.model
    match model.place:
        case "absent":
            advice = "name the folder of a model by model.path: one with config.json"
            yield error("model_missing", f"there is no model at {model.path}", where="model.path", advice=advice)
        case "hub":
            yield from _hub(case)
        case "folder":
            yield from _config(model)
            yield from _weights(model)
            yield from _tokenizer(model)


def _hub(case: Case) -> Iterator[Problem]:
    if case.target.network is not True:
        text = f"{case.model.path} is a model on a hub, and the job has no network"
        advice = "fetch it here first and name its folder, or choose an executor that may fetch it"
        yield error("model_unreachable", text, where="model.path", advice=advice)
    else:
        text = f"{case.model.path} is fetched by the job: nothing of it could be looked at"
        yield warning("model_unreachable", text, where="model.path", advice="fix a revision by model.revision")


def _config(model: ModelFacts) -> Iterator[Problem]:
    where = f"{model.path}/config.json"
    if model.config is None:
        advice = "copy the model again: config.json says how it is built"
        yield error("model_config", f"config.json {model.config_trouble}", where=where, advice=advice)
    elif not isinstance(model.config.get("model_type"), str):
        text = "config.json names no model_type"
        yield error("model_config", text, where=where, advice="take the config.json that came with the weights")
    else:
        yield from _mismatches(model, where)


def _mismatches(model: ModelFacts, where: str) -> Iterator[Problem]:
    """config.json against the shapes of the weights."""
    told = embedding(model)
    if told is None:
        return
    for name, keys, have in (
        ("hidden_size", ("hidden_size", "n_embd", "d_model"), told.shape[1]),
        ("vocab_size", ("vocab_size",), told.shape[0]),
        ("num_hidden_layers", ("num_hidden_layers", "n_layer", "num_layers"), _layers(model)),
    ):
        says = model.number(*keys)
        if says is not None and have and says != have:
            text = f"{name} is {says} by config.json and {have} by the weights"
            advice = "take the config.json that came with the weights"
            yield error("model_config", text, where=where, advice=advice)


def _layers(model: ModelFacts) -> int:
    """Layers by the names of the attention's outputs: `model.layers.3.self_attn.o_proj.weight`."""
    numbers = {
        next((part for part in name.split(".") if part.isdigit()), "")
        for name in model.tensors
        if name.endswith(_ATTENTION_OUT) and ("attn" in name or "attention" in name)
    }
    return len(numbers - {""})


def _weights(model: ModelFacts) -> Iterator[Problem]:
    for trouble in model.troubles:
        yield error(
            "model_corrupt", f"{trouble.file} {trouble.why}", where=f"{model.path}/{trouble.file}", advice=_COPY
        )
    if not model.weight_files and not model.troubles:
        text = "the folder has no weights: neither *.safetensors nor pytorch_model*.bin"
        yield error("model_missing", text, where=model.path, advice="copy the whole model")
    pickled = [name for name in model.weight_files if name.endswith(".bin")]
    if pickled:
        text = f"weights are pickled ({pickled[0]}): they were not looked at, and can't be without running them"
        yield warning("model_corrupt", text, where=model.path, advice="convert them to safetensors")
    if model.not_finite:
        shown = ", ".join(model.not_finite[:3])
        text = f"{len(model.not_finite)} weights hold NaN or infinity: {shown}"
        yield error("numeric_divergence", text, where=model.path, advice=f"no training recovers from it: {_COPY}")


def _tokenizer(model: ModelFacts) -> Iterator[Problem]:
    if model.tokenizer is None:
        advice = "copy tokenizer.json and tokenizer_config.json of the model"
        yield error("tokenizer", f"the tokenizer {model.tokenizer_trouble}", where=model.path, advice=advice)
        return
    tokenizer, where = model.tokenizer, f"{model.path}/tokenizer_config.json"
    for name, token in (("pad", tokenizer.pad), ("eos", tokenizer.eos)):
        if token and token.id is None:
            text = f"{name}_token {token.text!r} is not in the vocabulary"
            yield error(
                "tokenizer_pad", text, where=where, advice="add it to tokenizer.json, or name one that is there"
            )
    if tokenizer.eos is None:
        text = "the tokenizer has no eos_token" + ("" if tokenizer.pad else " and no pad_token")
        advice = "set eos_token (and a pad_token of its own) to tokens of the vocabulary"
        yield error("tokenizer_pad", text, where=where, advice=advice)
    elif tokenizer.pad is None or tokenizer.pad.text == tokenizer.eos.text:
        text = "the tokenizer has no pad_token" if tokenizer.pad is None else "pad_token and eos_token are the same"
        advice = "give it a pad_token of its own: an end token that is masked as padding is never learnt"
        yield warning("tokenizer_pad", text, where=where, advice=advice)
    yield from _vocabulary(model, where)


def _vocabulary(model: ModelFacts, where: str) -> Iterator[Problem]:
    told = embedding(model)
    if told and model.tokenizer and model.tokenizer.size > told.shape[0]:
        text = f"the tokenizer has {model.tokenizer.size} tokens and the embedding {told.shape[0]} rows"
        advice = "resize the embedding to the tokenizer and save the model, or remove the added tokens"
        yield error("vocab_mismatch", text, where=where, advice=advice)
