"""A post's bare words, and posts that have nearly the same ones: pure."""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from muster.threads.celery_worker.ports import PostText, Twin

NEAR = 0.9
"""From this share of equal letters on, it is the same post with some words changed (docs/threads.md)."""
_UNSEEN = ("Cf", "Mn", "Me")
"""Zero-width characters, and marks on letters."""


def bare_words(text: str) -> str:
    """Words alone, in small letters: no signs, emoji, accents, or characters that can't be seen."""
    parted = unicodedata.normalize("NFKD", text).casefold()
    seen = "".join(one for one in parted if unicodedata.category(one) not in _UNSEEN)
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", seen)))


def near_copies(text: str, others: Sequence[PostText]) -> tuple[Twin, ...]:
    """The posts with nearly the same words, in whatever order their sentences are; the nearest first."""
    words = [bare_words(other.text) for other in others]
    found = process.extract(bare_words(text), words, scorer=likeness, limit=None, score_cutoff=NEAR)
    return tuple(Twin(others[place].post_id, "near", float(score)) for _, score, place in found)


def likeness(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """Of two texts of bare words, in [0, 1]: 0 below the cut-off."""
    if not one or not other:
        return 0.0
    cutoff = 100 * (score_cutoff or 0)
    in_order = fuzz.ratio(one, other, score_cutoff=cutoff)
    return max(in_order, fuzz.token_sort_ratio(one, other, score_cutoff=cutoff)) / 100
