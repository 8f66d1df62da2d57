"""A persona's vectors: the window, other owners of the collection, a Qdrant that is away or is none."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from muster.core.errors import AccessDeniedError, ServiceFailureError, UnreachableError
from muster.core.memory.embeddings import HashingEmbedder
from muster.core.web.serving import ServerThread
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.embedded_qdrant.app import build_on

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VECTOR = HashingEmbedder().embed("rest is not a reward")


def nearest(vectors: PostVectors, persona: str, since: datetime = NOON - timedelta(days=90)) -> list[int]:
    return list(vectors.nearest(persona, VECTOR, since=since, at_least=0.5))


def test_a_vector_that_was_kept_is_found(vectors: PostVectors) -> None:
    vectors.keep("kept", 1, VECTOR, NOON)
    assert vectors.nearest("kept", VECTOR, since=NOON, at_least=0.5) == {1: pytest.approx(1.0, abs=1e-5)}


def test_each_persona_has_its_own(vectors: PostVectors) -> None:
    vectors.keep("one", 1, VECTOR, NOON)
    vectors.keep("other", 2, VECTOR, NOON)
    assert nearest(vectors, "other") == [2]


def test_a_post_that_is_kept_again_is_one_post(vectors: PostVectors) -> None:
    vectors.keep("again", 1, VECTOR, NOON)
    vectors.keep("again", 1, HashingEmbedder().embed("something else entirely"), NOON)
    assert nearest(vectors, "again") == []


def test_a_post_before_the_window_is_not_found(vectors: PostVectors) -> None:
    vectors.keep("old", 1, VECTOR, NOON - timedelta(days=91))
    assert nearest(vectors, "old") == []


def test_a_forgotten_post_is_not_found_and_may_be_forgotten_again(vectors: PostVectors) -> None:
    vectors.keep("forgotten", 1, VECTOR, NOON)
    for _ in range(2):
        vectors.forget("forgotten", 1)
        assert nearest(vectors, "forgotten") == []


def test_forgetting_of_a_persona_that_said_nothing_is_no_error(vectors: PostVectors) -> None:
    vectors.forget("silent", 1)
    vectors.forget_older("silent", NOON)


def test_what_is_older_is_dropped(vectors: PostVectors) -> None:
    vectors.keep("dropped", 1, VECTOR, NOON - timedelta(days=2))
    vectors.keep("dropped", 2, VECTOR, NOON)
    vectors.forget_older("dropped", NOON - timedelta(days=1))
    assert nearest(vectors, "dropped", since=NOON - timedelta(days=90)) == [2]


def test_vectors_of_another_embedder_are_apart(qdrant: str, vectors: PostVectors) -> None:
    other = PostVectors(qdrant, embedder="minilm")
    other.keep("apart", 1, VECTOR, NOON)
    vectors.keep("apart", 2, VECTOR, NOON)
    assert nearest(vectors, "apart") == [2]
    other.close()


def test_a_collection_of_other_dimensions_is_named(qdrant: str, vectors: PostVectors) -> None:
    httpx.put(f"{qdrant}/collections/posts_mixed_hashing", json={"vectors": {"size": 3, "distance": "Cosine"}})
    with pytest.raises(ServiceFailureError, match="posts_mixed_hashing of Qdrant is not of vectors of 384 numbers"):
        vectors.keep("mixed", 1, VECTOR, NOON)


def test_a_collection_that_went_away_is_made_again(qdrant: str, vectors: PostVectors) -> None:
    vectors.keep("gone", 1, VECTOR, NOON)
    httpx.delete(f"{qdrant}/collections/posts_gone_hashing")
    vectors.keep("gone", 2, VECTOR, NOON)
    assert nearest(vectors, "gone") == [2]


def test_a_qdrant_that_is_away_is_a_service_that_is_away() -> None:
    with ServerThread(Starlette()) as server:
        address = server.address
    vectors = PostVectors(address, embedder="hashing")
    with pytest.raises(UnreachableError, match="Qdrant"):
        vectors.keep("away", 1, VECTOR, NOON)
    vectors.close()


def test_something_else_at_that_address_is_told() -> None:
    app = Starlette(routes=[Route("/{path:path}", lambda _: JSONResponse({"result": 1}), methods=["POST"])])
    with ServerThread(app) as server:
        vectors = PostVectors(server.address, embedder="hashing")
        with pytest.raises(ServiceFailureError, match="does not answer as Qdrant does"):
            nearest(vectors, "strange")
        vectors.close()


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_key_is_told(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    with ServerThread(build_on(tmp_path_factory.mktemp("locked"), SecretStr("right"))) as server:
        vectors = PostVectors(server.address, embedder="hashing", key=key)
        with pytest.raises(AccessDeniedError, match="401"):
            vectors.keep("locked", 1, VECTOR, NOON)
        vectors.close()
