"""The official client talks to the embedded Qdrant as it does to a real one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from qdrant_client.http import models
from qdrant_client.http.exceptions import UnexpectedResponse

from muster.core.memory.embeddings import HashingEmbedder
from muster.core.memory.mem0_memory import Mem0Memory
from muster.core.memory.records import Memo
from muster.core.web.serving import ServerThread
from muster.threads.embedded_qdrant.app import build_on

COSINE = models.VectorParams(size=3, distance=models.Distance.COSINE)
POINTS = [
    models.PointStruct(id=1, vector=[1.0, 0.0, 0.0], payload={"ts": 10, "who": "a"}),
    models.PointStruct(id=2, vector=[0.9, 0.1, 0.0], payload={"ts": 20, "who": "b"}),
    models.PointStruct(id=3, vector=[0.0, 0.0, 1.0], payload={"ts": 30, "who": "a"}),
]
LATE = models.Filter(must=[models.FieldCondition(key="ts", range=models.Range(gte=20))])


@pytest.fixture
def filled(client: QdrantClient) -> QdrantClient:
    client.create_collection("posts", vectors_config=COSINE)
    client.upsert("posts", POINTS)
    return client


def test_a_collection_is_created_listed_described_and_deleted(client: QdrantClient) -> None:
    assert not client.collection_exists("posts")
    client.create_collection("posts", vectors_config=COSINE)
    assert client.collection_exists("posts")
    assert [one.name for one in client.get_collections().collections] == ["posts"]
    assert client.get_collection("posts").config.params.vectors == COSINE
    client.delete_collection("posts")
    assert not client.collection_exists("posts")


def test_the_nearest_points_come_first(filled: QdrantClient) -> None:
    found = filled.query_points("posts", query=[1.0, 0.0, 0.0], limit=2, with_payload=True).points
    assert [(point.id, point.payload) for point in found] == [(1, {"ts": 10, "who": "a"}), (2, {"ts": 20, "who": "b"})]
    assert found[0].score == pytest.approx(1.0)


def test_a_query_is_bounded_by_filter_and_score(filled: QdrantClient) -> None:
    found = filled.query_points("posts", query=[1.0, 0.0, 0.0], query_filter=LATE, score_threshold=0.5).points
    assert [point.id for point in found] == [2]


def test_queries_may_come_in_one_batch(filled: QdrantClient) -> None:
    asked = [models.QueryRequest(query=point.vector, limit=1) for point in POINTS]
    assert [answer.points[0].id for answer in filled.query_batch_points("posts", asked)] == [1, 2, 3]


def test_points_are_counted_by_filter(filled: QdrantClient) -> None:
    assert filled.count("posts", count_filter=LATE).count == 2


def test_points_are_scrolled_page_by_page(filled: QdrantClient) -> None:
    first, following = filled.scroll("posts", limit=2)
    second, end = filled.scroll("posts", limit=2, offset=following)
    assert ([point.id for point in first], [point.id for point in second], end) == ([1, 2], [3], None)


def test_points_are_deleted_by_id_and_by_filter(filled: QdrantClient) -> None:
    filled.delete("posts", points_selector=[1])
    assert filled.count("posts").count == 2
    filled.delete("posts", points_selector=models.FilterSelector(filter=LATE))
    assert filled.count("posts").count == 0


def test_a_batch_of_columns_is_taken_too(filled: QdrantClient) -> None:
    filled.upsert("posts", models.Batch(ids=[7], vectors=[[0.0, 1.0, 0.0]], payloads=[{"who": "c"}]))
    assert filled.retrieve("posts", [7])[0].payload == {"who": "c"}


def test_a_payload_is_changed_in_place(filled: QdrantClient) -> None:
    filled.set_payload("posts", {"who": "z"}, points=[1])
    assert filled.retrieve("posts", [1])[0].payload == {"ts": 10, "who": "z"}


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    for expected in (0, 3):
        with ServerThread(build_on(tmp_path / "qdrant")) as server:
            client = QdrantClient(url=server.address, check_compatibility=False)
            if not client.collection_exists("posts"):
                client.create_collection("posts", vectors_config=COSINE)
            assert client.count("posts").count == expected
            client.upsert("posts", POINTS)
            client.close()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (lambda client: client.get_collection("none"), 404),
        (lambda client: client.query_points("none", query=[1.0, 0.0, 0.0]), 404),
        (lambda client: client.create_collection("posts", vectors_config=COSINE), 409),
        (lambda client: client.create_collection("a:b", vectors_config=COSINE), 400),
        (lambda client: client.upsert("posts", [models.PointStruct(id=9, vector=[1.0])]), 400),
        (lambda client: client.query_points("posts", query=[1.0, 2.0]), 400),
        (lambda client: client.query_points("posts", query=[1.0, 0.0, 0.0], limit=0), 400),
    ],
)
def test_a_mistake_is_answered_with_its_status(filled: QdrantClient, asked: object, status: int) -> None:
    assert callable(asked)
    with pytest.raises(UnexpectedResponse) as refused:
        asked(filled)
    assert refused.value.status_code == status


def test_memory_of_the_agents_can_live_there(address: str, tmp_path: Path) -> None:
    memory = Mem0Memory(tmp_path / "memory", HashingEmbedder(), {"url": address})
    at = datetime(2026, 11, 21, tzinfo=UTC)
    memory.remember(Memo(kind="failure", scope="prod", text="task killed, out of memory", at=at))
    memory.remember(Memo(kind="failure", scope="prod", text="the image could not be pulled", at=at))
    found = memory.recall("killed, it ran out of memory", kind="failure", scope="prod", limit=1)
    assert [one.memo.text for one in found] == ["task killed, out of memory"]
    assert memory.forget(found[0].memo.id)
    assert [memo.text for memo in memory.all()] == ["the image could not be pulled"]
