from collections.abc import Iterator

import pytest

from muster.core.memory.embeddings import HashingEmbedder
from muster.core.web.serving import ServerThread
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.celery_worker.dedup.qdrant_twins import QdrantTwins
from muster.threads.embedded_qdrant.app import build_on


@pytest.fixture(scope="session")
def qdrant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an embedded Qdrant for all tests; each has personas of its own."""
    with ServerThread(build_on(tmp_path_factory.mktemp("qdrant"))) as server:
        yield server.address


@pytest.fixture
def vectors(qdrant: str) -> Iterator[PostVectors]:
    vectors = PostVectors(qdrant, embedder="hashing")
    yield vectors
    vectors.close()


@pytest.fixture
def twins(vectors: PostVectors) -> QdrantTwins:
    return QdrantTwins(vectors, HashingEmbedder())
