"""The worker's requests carry the correlation id of the task that they are for."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from muster.core.clock import SystemClock
from muster.core.errors import ServiceError
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.common.correlation import HEADER, continued
from threads.fake_platform import served


@pytest.fixture
def seen() -> list[str | None]:
    return []


@pytest.fixture
def address(seen: list[str | None]) -> Iterator[str]:
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    def answer(path: str, request: Request) -> JSONResponse:
        seen.append(request.headers.get(HEADER))
        return JSONResponse({}, 500)

    with served(app) as url:
        yield url


def test_what_the_platform_is_asked(address: str, seen: list[str | None]) -> None:
    client = GraphClient(address, SystemClock())
    with continued({"correlation_id": "order-66"}), pytest.raises((ServiceError, PlatformRefusedError)):
        client.get("me", {})
    client.close()
    assert seen == ["order-66"]


def test_what_qdrant_is_asked(address: str, seen: list[str | None]) -> None:
    vectors = PostVectors(address, embedder="hashing")
    with continued({"correlation_id": "order-66"}), pytest.raises(ServiceError):
        vectors.nearest("ai-elon", [0.0], since=datetime(2026, 1, 1, tzinfo=UTC), at_least=0.5)
    vectors.close()
    assert seen == ["order-66"]
