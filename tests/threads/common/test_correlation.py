"""One correlation id and one trace, through HTTP and messages, in every log line."""

import asyncio
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from structlog.contextvars import get_contextvars

from core.http_double import http_double, saying
from muster.core.http import Service, connect
from muster.core.observability.logs import log_formatter, set_up_logs
from muster.core.observability.settings import LogSettings
from muster.core.observability.tracing import span, traced_everywhere_by
from muster.core.testing.tracing import RecordingTracer
from muster.threads.common.correlation import (
    HEADER,
    carried,
    carry_on,
    continued,
    correlation_id,
    http_headers,
    mount_hops,
)


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


def service() -> FastAPI:
    app = FastAPI()

    @app.get("/task/{task_id}")
    def task(task_id: str) -> dict[str, str]:
        logging.getLogger("muster.service").warning("asked for %s", task_id)
        return carried()

    @app.get("/health")
    def health() -> str:
        return "ok"

    mount_hops(app, "orchestrator")
    return app


def asked(path: str, headers: dict[str, str]) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service()), base_url="http://service") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_a_request_keeps_the_id_that_it_came_with() -> None:
    answer = asked("/task/1", {HEADER: "order-66"})
    assert answer.headers[HEADER] == "order-66"
    assert answer.json() == {"correlation_id": "order-66"}


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'evil"}', "a;b"])
def test_an_id_that_can_not_be_used_is_replaced(given: str) -> None:
    found = asked("/task/1", {HEADER: given}).headers[HEADER]
    assert len(found) == 32
    assert found.isalnum()


def test_two_requests_without_an_id_get_different_ones() -> None:
    assert asked("/task/1", {}).headers[HEADER] != asked("/task/1", {}).headers[HEADER]


def test_a_message_carries_the_id_on() -> None:
    with continued({"correlation_id": "order-66"}):
        headers = carried()
    with continued(headers):
        assert correlation_id() == "order-66"


def test_the_header_of_http_has_its_own_name() -> None:
    with continued({"correlation_id": "order-66"}):
        assert http_headers() == {HEADER: "order-66"}


def test_outside_of_any_work_nothing_is_carried() -> None:
    assert carried() == {}
    assert get_contextvars() == {}


def test_each_request_of_a_client_has_the_id_of_its_own_work() -> None:
    with (
        http_double(saying("200 OK", "{}")) as (address, requests),
        connect(address, service=Service("the writer", "PERSONA_RUNTIME_URL"), before=[carry_on]) as client,
    ):
        for number in ("one", "two"):
            with continued({"correlation_id": number}):
                client.get("/health")
    assert [
        f"x-correlation-id: {number}" in str(sent).lower()
        for sent, number in zip(requests, ("one", "two"), strict=True)
    ] == [True, True]


def test_a_request_hangs_below_the_span_that_asked() -> None:
    tracer = RecordingTracer()
    with traced_everywhere_by(tracer), span("caller"):
        headers = http_headers()
        asked("/task/1", headers)
    assert tracer.roots[0].tree() == {"caller": {"orchestrator GET": {}}}


def test_a_span_of_a_request_names_the_template_of_its_route() -> None:
    tracer = RecordingTracer()
    with traced_everywhere_by(tracer):
        asked("/task/1", {})
    assert tracer.named("orchestrator GET").attributes == {"route": "/task/{task_id}"}


def test_questions_after_its_health_are_no_spans() -> None:
    tracer = RecordingTracer()
    with traced_everywhere_by(tracer):
        asked("/health", {})
    assert tracer.spans() == []


def test_one_id_is_in_the_lines_of_every_service_on_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    """As a task goes: the API takes a request, a message brings it to the worker, who asks the runtime."""
    set_up_logs(LogSettings(log_format="json"), service="orchestrator")
    message = asked("/task/7", {HEADER: "order-66"}).json()
    with continued(message, service="celery-worker", task_id="7"):
        logging.getLogger("muster.worker").warning("taken")
        asked("/task/7", http_headers())
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["asked for 7", "taken", "asked for 7"]
    assert {line["correlation_id"] for line in lines} == {"order-66"}
    assert [line["service"] for line in lines] == ["orchestrator", "celery-worker", "orchestrator"]
    assert lines[1]["task_id"] == "7"


def test_a_line_outside_of_any_work_names_its_service() -> None:
    record = logging.LogRecord("muster", logging.INFO, "file.py", 1, "started", (), None)
    said = json.loads(log_formatter("json", facts={"service": "orchestrator"}).format(record))
    assert said["service"] == "orchestrator"


def test_a_service_may_say_more_than_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(log_level="ERROR"), level="INFO", service="orchestrator")
    logging.getLogger("muster").info("started")
    assert "started" in capsys.readouterr().err
