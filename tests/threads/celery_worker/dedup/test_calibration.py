"""The thresholds on labelled pairs, and on the offline writer's posts: what they find, and what they leave alone.

`python bench/threads_dedup.py` prints the whole table; docs/threads.md argues the choice.
"""

from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
import yaml

from muster.core.memory.embeddings import Embedder, HashingEmbedder, pick_embedder
from muster.threads.celery_worker.dedup.qdrant_twins import MEANING
from muster.threads.celery_worker.dedup.wording import NEAR, bare_words, likeness
from muster.threads.common.personas import load_personas
from muster.threads.common.platform_text import compose
from muster.threads.persona_runtime.domain.offline_words import write_body, write_hook

ROWS: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8"))
PAIRS = {
    kind: [(row["post"], row[kind]) for row in ROWS if kind in row]
    for kind in ("paraphrase", "retelling", "edit", "translation", "point", "template")
} | {"different": list(combinations([row["post"] for row in ROWS], 2))}


class KnownTexts:
    """Satisfies `Embedder`: another one that is asked once for each text."""

    def __init__(self, inner: Embedder) -> None:
        self.name = inner.name
        self.embed = cache(inner.embed)


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return KnownTexts(pick_embedder("minilm"))


@pytest.fixture(scope="module")
def hashing() -> Embedder:
    return KnownTexts(HashingEmbedder())


def alike(embedder: Embedder, one: str, other: str) -> bool:
    cosine = sum(a * b for a, b in zip(embedder.embed(one), embedder.embed(other), strict=True))
    return likeness(bare_words(one), bare_words(other)) >= NEAR or cosine >= MEANING[embedder.name]


def named(embedder: Embedder, kind: str) -> float:
    return sum(alike(embedder, *pair) for pair in PAIRS[kind]) / len(PAIRS[kind])


def test_there_are_enough_pairs_of_each_kind() -> None:
    assert sum(len(pairs) for kind, pairs in PAIRS.items() if kind != "different") >= 150
    assert min(len(pairs) for pairs in PAIRS.values()) >= 15


@pytest.mark.parametrize("kind", ["edit", "retelling"])
def test_every_post_that_is_told_again_is_named(minilm: Embedder, kind: str) -> None:
    assert named(minilm, kind) == 1.0


@pytest.mark.parametrize("embedder", ["minilm", "hashing"])
@pytest.mark.parametrize("kind", ["point", "template", "different"])
def test_no_fresh_post_is_named(request: pytest.FixtureRequest, embedder: str, kind: str) -> None:
    assert named(request.getfixturevalue(embedder), kind) == 0.0


def test_hashing_names_nearly_every_edit(hashing: Embedder) -> None:
    assert named(hashing, "edit") >= 0.95


@pytest.mark.parametrize("persona_id", ["ai-jesus", "ai-elon"])
def test_the_offline_writer_is_seldom_its_own_twin(minilm: Embedder, persona_id: str) -> None:
    """Its posts are made of the same sentences; those that are named share most of them."""
    persona, kept, lost = load_personas()[persona_id], list[str](), 0
    for seed in range(120):
        chance, topic = Random(seed), persona.topics[seed % len(persona.topics)]
        text = compose(write_hook(persona.voice, topic, chance), write_body(persona.voice, topic, chance))
        if any(alike(minilm, text, other) for other in kept):
            lost += 1
        else:
            kept.append(text)
    assert lost <= 3
