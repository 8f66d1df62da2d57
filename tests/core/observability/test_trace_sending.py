"""What a backend may do to a run: nothing but cost it a bounded time, and a line in the log."""

import logging
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from core.http_double import hang, http_double, saying
from core.observability.tracing_to_double import IDENTITY, api_of, settings_for, traced_to, tree
from muster.core.observability.scores import Score
from muster.core.observability.settings import TraceSettings
from muster.core.observability.traces import open_traces
from muster.core.observability.tracing import span, traced_by
from muster.core.testing.langfuse_double.server import RecordingLangfuse

AT = datetime(2026, 11, 21, 7, 52, 57, tzinfo=UTC)
SCORES = (
    Score("run-outcome", "outcome", 1.0, AT, "healthy"),
    Score("run-iterations", "iterations", 2, AT),
    Score("run-duration_s", "duration_s", 61.5, AT),
)


def everywhere(address: str) -> TraceSettings:
    """Langfuse and an OTLP backend, both at the same address."""
    return TraceSettings(
        langfuse_enabled=True,
        langfuse_public_key="pk-lf-double",
        langfuse_secret_key=SecretStr("sk-lf-double"),
        langfuse_base_url=address,
        otel_exporter_otlp_endpoint=address,
    )


def seconds_to_start_and_exit(settings: TraceSettings, *, work_s: float = 0.0) -> tuple[float, float]:
    began = time.monotonic()
    with open_traces(settings, IDENTITY) as traces, traced_by(traces.tracer), span("run", kind="agent"):
        started = time.monotonic()
        for number in range(200):
            with span(f"step {number}"):
                pass
        assert time.monotonic() - started < 1  # work does not wait for a backend
        traces.score(*SCORES)
        time.sleep(work_s)
        worked = time.monotonic()
    return started - began, time.monotonic() - worked


@contextmanager
def deaf_server() -> Generator[str]:
    """Takes connections, by the system, and reads nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_server_that_accepts_and_never_reads_costs_a_second_and_six(caplog: pytest.LogCaptureFixture) -> None:
    with deaf_server() as address:
        start_s, exit_s = seconds_to_start_and_exit(everywhere(address))
    assert start_s < 1
    assert exit_s < 6
    assert "traces: " in caplog.text


def test_a_server_that_reads_and_never_answers_costs_a_second_and_six() -> None:
    with http_double(hang) as (address, _):
        start_s, exit_s = seconds_to_start_and_exit(everywhere(address), work_s=2.2)
    assert start_s < 1
    assert exit_s < 6


def test_a_server_that_answers_a_byte_at_a_time_costs_six_seconds_at_exit(caplog: pytest.LogCaptureFixture) -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(24):
            connection.sendall(b"x")
            time.sleep(0.25)

    with http_double(trickle) as (address, _):
        _, exit_s = seconds_to_start_and_exit(everywhere(address))
    assert exit_s < 6
    assert "did not take everything within 5 s" in caplog.text


def test_a_server_that_is_away_is_told_once_for_each_backend(caplog: pytest.LogCaptureFixture) -> None:
    with deaf_server() as address:
        pass
    _, exit_s = seconds_to_start_and_exit(everywhere(address))
    assert exit_s < 6
    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "spans were not taken: POST" in line]) == 2
    assert [line for line in told if "scores were not taken" in line] == [
        "traces: its scores were not taken: ConnectError"
    ]


def test_wrong_keys_are_told_with_their_settings(caplog: pytest.LogCaptureFixture) -> None:
    with RecordingLangfuse(secret_key="sk-another") as server:
        settings = settings_for(server).model_copy(update={"langfuse_secret_key": SecretStr("sk-wrong")})
        seconds_to_start_and_exit(settings)
    assert "201 spans were not taken: Langfuse refused POST" in caplog.text
    assert "scores were not taken: status 401" in caplog.text
    assert "sk-wrong" not in caplog.text


def test_nothing_is_said_where_everything_was_taken(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), RecordingLangfuse() as server:
        seconds_to_start_and_exit(settings_for(server))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_batch_that_fails_for_a_moment_is_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([saying("503 Busy", "wait")])

    def busy_once(connection: socket.socket) -> None:
        next(answers, saying("200 OK", "{}"))(connection)

    with http_double(busy_once) as (address, requests):
        settings = TraceSettings(otel_exporter_otlp_endpoint=address)
        with open_traces(settings, IDENTITY) as traces, traced_by(traces.tracer), span("run"):
            pass
    assert len(requests) == 2
    assert "traces:" not in caplog.text


def test_an_otlp_backend_gets_its_headers_and_langfuse_its_keys_and_neither_the_others() -> None:
    with http_double(saying("200 OK", "{}")) as (address, otlp), RecordingLangfuse() as server:
        headers = SecretStr("x-api-key=for-the-backend,authorization=Bearer%20abc")
        settings = settings_for(server).model_copy(
            update={"otel_exporter_otlp_endpoint": address, "otel_exporter_otlp_headers": headers}
        )
        with open_traces(settings, IDENTITY) as traces, traced_by(traces.tracer), span("run"), span("inner"):
            pass
    (request,) = otlp
    assert request.startswith(b"POST /v1/traces HTTP/1.1")
    assert b"x-api-key: for-the-backend" in request
    assert b"authorization: Bearer abc" in request
    assert all("x-api-key" not in sent.headers for sent in server.requests)
    assert server.requests[0].headers["x-langfuse-ingestion-version"] == "4"
    assert tree(server) == {"run": {"inner": {}}}


def test_the_environment_adds_no_headers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=of-somebody-else")
    with RecordingLangfuse() as server:
        with traced_to(server), span("run"):
            pass
        assert "x-api-key" not in server.requests[0].headers


def test_scores_are_read_back_on_their_trace() -> None:
    with RecordingLangfuse() as server:
        with traced_to(server) as traces, span("run", kind="agent"):
            traces.score(*SCORES)
        with api_of(server) as api:
            found = api.scores.get_many(fields="details,subject", trace_id=traces.trace_id).data
        assert {one.name: (one.value, one.data_type) for one in found} == {
            "outcome": (True, "BOOLEAN"),
            "iterations": (2.0, "NUMERIC"),
            "duration_s": (61.5, "NUMERIC"),
        }
        assert next(one.comment for one in found if one.name == "outcome") == "healthy"


def test_a_score_that_is_sent_again_takes_the_place_of_the_first() -> None:
    with RecordingLangfuse() as server:
        for value in (1.0, 0.0):
            with traced_to(server) as traces, span("run"):
                traces.score(Score("run-outcome", "outcome", value, AT))
        assert [one["value"] for one in server.project.scores.values()] == [0.0]


def test_scores_go_to_langfuse_alone() -> None:
    with http_double(saying("200 OK", "{}")) as (address, requests):
        settings = TraceSettings(otel_exporter_otlp_endpoint=address)
        with open_traces(settings, IDENTITY) as traces, traced_by(traces.tracer), span("run"):
            traces.score(*SCORES)
    assert [request.split(b" ")[1] for request in requests] == [b"/v1/traces"]
