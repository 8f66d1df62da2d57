"""Whether what a training saved can be evaluated: an adapter or a whole model, with its tokenizer beside."""

from collections.abc import Iterator

from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.problem import Problem, error

ADVICE = "name the folder `artefact` of a run's outputs"


def check_artefact(artefact: ModelFacts) -> Iterator[Problem]:
    """`config` is adapter_config.json or config.json. Weights that are no numbers are left to the evaluation: it fails
    them with what they do."""
    where = artefact.path
    if artefact.place != "folder":
        yield error("model_missing", f"there is no artefact at {where}", where=where, advice=ADVICE)
        return
    if artefact.config is None:
        text = "it is neither an adapter nor a model: config.json and adapter_config.json are missing"
        if artefact.config_trouble != "is missing":
            text = f"its configuration {artefact.config_trouble}"
        yield error("model_config", f"the artefact can't be loaded: {text}", where=where, advice=ADVICE)
    if not artefact.weight_files:
        yield error("model_corrupt", "the artefact has no weights", where=where, advice=ADVICE)
    for one in artefact.troubles:
        yield error("model_corrupt", f"{one.file} of the artefact {one.why}", where=where, advice="save it anew")
    if artefact.tokenizer is None:
        text = f"the artefact's tokenizer: {artefact.tokenizer_trouble}"
        yield error("tokenizer", text, where=where, advice="a training saves it beside the weights")
