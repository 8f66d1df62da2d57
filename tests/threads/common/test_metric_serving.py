"""/metrics on a service's own port and on the common one, and answers timed under their routes' templates."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from muster.core.errors import SettingsError
from muster.threads.common.metric_serving import metrics_text, mount_metrics, serve_metrics
from threads.common.metric_samples import samples


def service() -> tuple[FastAPI, str]:
    """An application whose routes are its own, and what they begin with."""
    app, start = FastAPI(), f"/{uuid4().hex}"

    @app.get(f"{start}/task/{{task_id}}")
    def task(task_id: str) -> str:
        return task_id

    @app.get(f"{start}/broken")
    def broken() -> str:
        raise RuntimeError("broken")

    @app.get(f"{start}/events")
    def events() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield metrics_text().decode()

        return StreamingResponse(lines())

    mount_metrics(app, "orchestrator")
    return app, start


def asked(app: FastAPI, *paths: str, method: str = "GET") -> httpx.Response:
    """The answer to the last of the requests."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return [await client.request(method, path) for path in paths][-1]

    return asyncio.run(ask())


def test_answers_are_counted_under_the_template_of_their_route() -> None:
    app, start = service()
    said = samples(asked(app, f"{start}/task/1", f"{start}/task/2", "/metrics").text)
    labels = f"method=GET,route={start}/task/{{task_id}},service_name=orchestrator,status=200"
    assert said[f"http_request_seconds_count{{{labels}}}"] == 2


def test_a_path_that_does_not_exist_is_no_label() -> None:
    app, _ = service()
    said = asked(app, "/no/such/path", "/metrics").text
    assert "no/such" not in said
    assert 'route="unmatched"' in said


def test_an_odd_method_is_no_label() -> None:
    app, start = service()
    asked(app, f"{start}/task/1", method="EVIL")
    assert "EVIL" not in asked(app, "/metrics").text


def test_an_exception_is_an_error_of_the_server() -> None:
    app, start = service()
    said = samples(asked(app, f"{start}/broken", "/metrics").text)
    labels = f"method=GET,route={start}/broken,service_name=orchestrator,status=500"
    assert said[f"http_request_seconds_count{{{labels}}}"] == 1
    assert said["service_errors_total{error_type=server_error,service_name=orchestrator}"] >= 1
    assert said["error_rate_percentage{error_type=server_error,service_name=orchestrator}"] > 0


def test_a_stream_is_timed_to_its_first_byte() -> None:
    app, start = service()
    said = samples(asked(app, f"{start}/events").text)
    assert (
        said[f"http_request_seconds_count{{method=GET,route={start}/events,service_name=orchestrator,status=200}}"] == 1
    )


def test_metrics_are_no_part_of_the_documented_api() -> None:
    app, _ = service()
    assert "/metrics" not in app.openapi()["paths"]


def test_a_port_of_its_own_serves_the_same() -> None:
    with serve_metrics("celery-worker", 0) as port:
        said = samples(httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text)
    assert said["service_uptime_seconds{service_name=celery-worker}"] >= 0


def test_a_port_that_is_taken_is_told() -> None:
    with (
        serve_metrics("celery-worker", 0) as port,
        pytest.raises(SettingsError, match=f"METRICS_PORT {port} can't be used"),
        serve_metrics("orchestrator", port),
    ):
        pass
