"""How insulting a text sounds: the linear model that ships in the wheel of alt-profanity-check.

Its own call takes some ten milliseconds, nearly all of it scikit-learn's bookkeeping for one text; here its numbers are
folded into one table, and a text takes some hundred microseconds. A test holds both equal.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from typing import Any

THRESHOLD = 0.97
"""Argued in docs/threads.md, on the labelled set: below it curses without a target are let through."""


class ToxicityModel:
    """Loaded when first asked: scikit-learn takes seconds."""

    @cached_property
    def name(self) -> str:
        """As a verdict names it."""
        return f"alt-profanity-check {version('alt-profanity-check')}"

    def score(self, text: str) -> float:
        """From 0 to 1."""
        return self._scorer(text)

    @cached_property
    def _scorer(self) -> Callable[[str], float]:
        import numpy
        from profanity_check.profanity_check import model, vectorizer  # pyright: ignore[reportMissingTypeStubs]

        parts: list[Any] = list(model.calibrated_classifiers_)
        slopes: Any = numpy.array([[one.calibrators[0].a_, one.calibrators[0].b_] for one in parts])
        weights: Any = numpy.stack([one.estimator.coef_[0] for one in parts], axis=1)
        offsets: Any = numpy.array([one.estimator.intercept_[0] for one in parts])
        rarity: Any = vectorizer.idf_
        words: Mapping[str, int] = vectorizer.vocabulary_
        analyze: Callable[[str], list[str]] = vectorizer.build_analyzer()

        def score(text: str) -> float:
            counted = _places(analyze(text), words)
            places = numpy.fromiter(counted, dtype=numpy.int64)
            values: Any = numpy.fromiter(counted.values(), dtype=numpy.float64) * rarity[places]
            length = math.sqrt(float(values @ values)) or 1.0
            margins = (values @ weights[places]) / length + offsets
            chances: Any = 1 / (1 + numpy.exp(slopes[:, 0] * margins + slopes[:, 1]))
            return float(chances.mean())

        return score


def _places(words: list[str], known: Mapping[str, int]) -> Counter[int]:
    return Counter(int(known[word]) for word in words if word in known)
