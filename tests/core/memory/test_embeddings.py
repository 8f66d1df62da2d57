"""Texts as vectors."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from muster.core.memory.embeddings import DIMENSIONS, Embedder, HashingEmbedder, MiniLmEmbedder, pick_embedder

EMBEDDERS: tuple[Embedder, ...] = (HashingEmbedder(), MiniLmEmbedder())


def nearness(embedder: Embedder, one: str, other: str) -> float:
    return sum(a * b for a, b in zip(embedder.embed(one), embedder.embed(other), strict=True))


@pytest.mark.parametrize("embedder", EMBEDDERS, ids=lambda one: one.name)
@pytest.mark.parametrize("text", ["", "killed", "\ud800 \0", "word " * 5000, "メモリ不足"])
def test_every_text_has_a_vector_of_length_one(embedder: Embedder, text: str) -> None:
    vector = embedder.embed(text)
    assert len(vector) == DIMENSIONS
    assert math.isclose(sum(number * number for number in vector), 1, abs_tol=1e-5)


@pytest.mark.parametrize("embedder", EMBEDDERS, ids=lambda one: one.name)
def test_the_same_text_is_nearest_and_a_shared_word_is_nearer_than_none(embedder: Embedder) -> None:
    same = nearness(embedder, "task killed by the kernel", "task killed by the kernel")
    near = nearness(embedder, "task killed by the kernel", "the kernel killed it")
    far = nearness(embedder, "task killed by the kernel", "no such image")
    assert math.isclose(same, 1, abs_tol=1e-5)
    assert same > near > far


def test_minilm_knows_what_means_the_same() -> None:
    minilm = MiniLmEmbedder()
    asked = "container was killed because it used too much memory"
    assert nearness(minilm, asked, "OOM Killed exit code 137") > nearness(minilm, asked, "Failed to pull image")


def test_the_best_installed_embedder_is_taken_unless_another_is_named() -> None:
    assert pick_embedder("auto").name == "minilm"
    assert pick_embedder("hashing").name == "hashing"


def test_the_model_reports_to_nobody(tmp_path: Path) -> None:
    code = "from muster.core.memory.embeddings import MiniLmEmbedder; MiniLmEmbedder().embed('hello')"
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
