"""The measured peaks that ship with aegis: what the constants were fitted on."""

import json
from importlib.resources import files

from muster.aegis.profilers.published import PublishedRun, read_published


def measured_runs() -> tuple[PublishedRun, ...]:
    """61 single-GPU rows of litgpt's and torchtune's own tables; each names its source in `data/vram_measured.json`."""
    text = files("muster.aegis.profilers").joinpath("data/vram_measured.json").read_text("utf-8")
    return read_published(json.loads(text))
