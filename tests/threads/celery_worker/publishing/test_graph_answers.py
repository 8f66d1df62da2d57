import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from starlette.responses import RedirectResponse, Response, StreamingResponse

from muster.core.errors import MusterError, ServiceFailureError, SettingsError
from muster.core.testing.clock import FakeClock
from muster.threads.celery_worker.ports import PlatformRefusedError, Refusal
from muster.threads.celery_worker.publishing.graph_answers import read_answer, seconds_of
from muster.threads.celery_worker.publishing.graph_client import MOST_BYTES, GraphClient
from threads.fake_platform import served

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def answer(code: int, **more: object) -> bytes:
    return json.dumps({"error": {"message": "no", "type": "OAuthException", "code": code, **more}}).encode()


def outcome(status: int, body: bytes) -> MusterError:
    with pytest.raises(MusterError) as caught:
        read_answer("POST x", status, body, None)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, answer(24, error_subcode=4279009, is_transient=False), "not_ready"),
        (400, answer(9, error_subcode=2207042), "quota"),
        (429, answer(4), "rate_limited"),
        (400, answer(613), "rate_limited"),
        (403, answer(80002), "rate_limited"),
        (400, answer(17, is_transient=True), "rate_limited"),
        (400, answer(190, error_subcode=463), "token"),
        (401, answer(0), "token"),
        (403, answer(200), "token"),
        (400, answer(104), "token"),
        (400, answer(100), "invalid"),
        (400, answer(100, message="The container 1 has already been published"), "already_published"),
    ],
)
def test_a_clear_no_has_its_kind(status: int, body: bytes, kind: Refusal) -> None:
    refused = outcome(status, body)
    assert isinstance(refused, PlatformRefusedError)
    assert refused.kind == kind


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, answer(1)),
        (503, answer(100)),  # whatever its body says
        (400, answer(2)),
        (400, answer(99, is_transient=True)),
        (404, b"<html>nothing here</html>"),
        (408, b""),
        (302, b""),
        (200, b"OK"),
        (200, b"[]"),
        (400, b'{"error": "no"}'),
    ],
)
def test_everything_else_is_unknown(status: int, body: bytes) -> None:
    assert isinstance(outcome(status, body), ServiceFailureError)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("17", 17), ("-1", 0), ("1e9", 86_400), ("nan", None), ("soon", None),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60), ("Sat, 21 Nov 2026 12:01:00 -0000", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


def hostile() -> FastAPI:
    app = FastAPI()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    @app.get("/away")
    async def away() -> Response:
        return RedirectResponse("/elsewhere")

    @app.get("/elsewhere")
    async def elsewhere() -> dict[str, str]:
        return {"id": "1"}

    @app.get("/endless")
    async def giant() -> Response:
        return StreamingResponse(endless())

    return app


@pytest.mark.parametrize(("path", "told"), [("/away", "answered with 307"), ("/endless", f"more than {MOST_BYTES}")])
def test_redirects_and_giant_answers_are_refused(path: str, told: str) -> None:
    with served(hostile()) as url:
        graph = GraphClient(url, FakeClock())
        with pytest.raises(ServiceFailureError, match=told):
            graph.get(path, {})
        graph.close()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError):
        GraphClient("graph.threads.net", FakeClock())
