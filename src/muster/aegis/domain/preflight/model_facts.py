"""What a model's folder holds, read without torch."""

from typing import Literal

from pydantic import JsonValue

from muster.aegis.domain.preflight.tokenizer_facts import TokenizerFacts
from muster.aegis.domain.values import Part

Place = Literal["folder", "absent", "hub"]
"""A folder; a path where nothing is; the id of a model on a hub, by its form."""


class TensorShape(Part):
    """By the header of a safetensors file."""

    shape: tuple[int, ...]
    dtype: str


class Trouble(Part):
    """A file and what is wrong with it."""

    file: str
    why: str


class ModelFacts(Part):
    """`tensors` by their full names. What is None or empty was not there, or `troubles` say why."""

    path: str
    place: Place
    revision: str = ""
    """The commit of a hub's model; a folder has none."""
    config: dict[str, JsonValue] | None = None
    config_trouble: str = ""
    weight_files: tuple[str, ...] = ()
    weight_bytes: int = 0
    troubles: tuple[Trouble, ...] = ()
    """Of weights: cut off, missing, unreadable."""
    tensors: dict[str, TensorShape] = {}
    not_finite: tuple[str, ...] = ()
    """Tensors in which NaN or infinity was found."""
    searched_whole: bool = True
    """Whether every value was looked at; a large model is sampled."""
    tokenizer: TokenizerFacts | None = None
    tokenizer_trouble: str = ""

    def number(self, *names: str) -> int | None:
        """The first whole number of config.json under one of these names, or the text decoder's own."""
        config = self.config or {}
        nested = config.get("text_config")
        for block in (config, nested if isinstance(nested, dict) else {}):
            for name in names:
                value = block.get(name)
                if isinstance(value, int) and not isinstance(value, bool):
                    return value
        return None
