"""Looks at what a training saved, as at a model's folder. Nothing of it is run."""

from pathlib import Path

from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.tools.model_folder import look_at_model, read_json


def look_at_artefact(path: str) -> ModelFacts:
    """What is there; of an adapter `config` is adapter_config.json."""
    facts = look_at_model(path)
    if facts.place != "folder":
        return facts
    config, trouble = read_json(Path(path) / "adapter_config.json")
    if trouble == "is missing":
        return facts
    return facts.model_copy(update={"config": config, "config_trouble": trouble})
