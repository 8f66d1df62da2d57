"""Twins: what thresholds find on the labelled pairs, how fast vectors are made, kept and searched.

Searches are compared with a plain product of matrix and vector in numpy: the least that exact search can cost.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import median
from warnings import catch_warnings, simplefilter

import httpx
import numpy as np
import yaml

from muster.core.memory.embeddings import DIMENSIONS, HashingEmbedder, MiniLmEmbedder
from muster.core.web.serving import ServerThread
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.celery_worker.dedup.wording import bare_words, likeness
from muster.threads.embedded_qdrant.app import build_on

PAIRS = Path(__file__).parents[1] / "tests/threads/celery_worker/dedup/pairs.yaml"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
BATCH = 500
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    thresholds()
    embedding()
    with tempfile.TemporaryDirectory() as folder, catch_warnings():
        simplefilter("ignore")  # local mode advises a real one from 20,000 points on
        with ServerThread(build_on(Path(folder))) as server:
            searching(server.address, [size for size in SIZES if size <= most])


def thresholds() -> None:
    minilm, hashing = MiniLmEmbedder(), HashingEmbedder()
    measures: dict[str, Callable[[str, str], float]] = {
        "words": lambda one, other: likeness(bare_words(one), bare_words(other)),
        "minilm": lambda one, other: float(np.dot(minilm.embed(one), minilm.embed(other))),
        "hashing": lambda one, other: float(np.dot(hashing.embed(one), hashing.embed(other))),
    }
    pairs = list(labelled())
    kinds = list(dict.fromkeys(kind for kind, _, _ in pairs))
    print("share of pairs at or above the threshold")
    for name, measure in measures.items():
        scores = [(kind, measure(one, other)) for kind, one, other in pairs]
        print(f"{name:10}" + "".join(f"{kind:>12}" for kind in kinds))
        for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92):
            shares = (np.mean([score >= threshold for of, score in scores if of == kind]) for kind in kinds)
            print(f"{threshold:10.2f}" + "".join(f"{share:12.0%}" for share in shares))


def labelled() -> Iterator[tuple[str, str, str]]:
    rows = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))
    for row in rows:
        yield from ((kind, row["post"], text) for kind, text in row.items() if kind != "post")
    yield from (("different", one["post"], other["post"]) for one, other in list(combinations(rows, 2))[::7])


def embedding() -> None:
    embedder = MiniLmEmbedder()
    texts = [row["post"] for row in yaml.safe_load(PAIRS.read_text(encoding="utf-8"))] * 4
    for threads in (1, 2, 4):
        with ThreadPoolExecutor(threads) as pool:
            begun = time.perf_counter()
            list(pool.map(embedder.embed, texts))
            print(f"MiniLM, {threads} threads: {len(texts) / (time.perf_counter() - begun):.0f} embeddings/s")


def searching(address: str, sizes: list[int]) -> None:
    vectors, random = PostVectors(address, embedder="minilm"), np.random.default_rng(7)
    heads = ("batched upserts/s", "one, ms", "search, ms", "filtered, ms", "numpy, ms")
    print(f"{'vectors':>10}" + "".join(f"{head:>20}" for head in heads))
    for size in sizes:
        stored = random.standard_normal((size, DIMENSIONS)).astype(np.float32)
        stored /= np.linalg.norm(stored, axis=1, keepdims=True)
        persona = f"bench-{size}"
        vectors.keep(persona, 1, stored[0].tolist(), NOW)
        begun = time.perf_counter()
        fill(address, persona, stored)
        figures = [size / (time.perf_counter() - begun)]
        asked = [stored[at].tolist() for at in random.integers(0, size, 20)]
        figures += [
            timed(partial(keep_one, vectors, persona), asked),
            timed(partial(search, vectors, persona), asked),
            timed(partial(search_filtered, address, persona), asked[:3]),
            timed(partial(search_in_numpy, stored), asked),
        ]
        print(f"{size:10}" + "".join(f"{figure:20.1f}" for figure in figures), flush=True)
    vectors.close()


def fill(address: str, persona: str, stored: np.ndarray) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        for start in range(0, len(stored), BATCH):
            rows = enumerate(stored[start : start + BATCH].tolist(), start + 1)
            points = [{"id": number, "vector": row, "payload": {"ts": NOW.timestamp()}} for number, row in rows]
            answer = client.put(f"/collections/posts_{persona}/points", content=json.dumps({"points": points}))
            answer.raise_for_status()


def keep_one(vectors: PostVectors, persona: str, vector: list[float]) -> None:
    vectors.keep(persona, 1, vector, NOW)


def search(vectors: PostVectors, persona: str, vector: list[float]) -> None:
    vectors.nearest(persona, vector, since=NOW, at_least=0.5)


def search_filtered(address: str, persona: str, vector: list[float]) -> None:
    window = {"must": [{"key": "ts", "range": {"gte": 0}}]}
    asked = {"query": vector, "limit": 30, "filter": window}
    httpx.post(f"{address}/collections/posts_{persona}/points/query", json=asked, timeout=120).raise_for_status()


def search_in_numpy(stored: np.ndarray, vector: list[float]) -> None:
    np.argpartition(stored @ np.array(vector, np.float32), -5)


def timed(do: Callable[[list[float]], object], asked: list[list[float]]) -> float:
    """Median milliseconds."""
    took: list[float] = []
    for vector in asked:
        begun = time.perf_counter()
        do(vector)
        took.append(time.perf_counter() - begun)
    return 1000 * median(took)


if __name__ == "__main__":
    main()
