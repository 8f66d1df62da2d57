"""Over real HTTP: what the persona runtime may say, and what becomes of it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from muster.core.clock import SystemClock
from muster.core.errors import ServiceError, ServiceFailureError, UnreachableError
from muster.core.testing.clock import FakeClock
from muster.threads.celery_worker.ports import WriterFailedError
from muster.threads.celery_worker.runtime_writer import LONGEST_S, WRITE_S, RuntimeWriter
from muster.threads.celery_worker.tasks import SOFT_LIMIT_S
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, PersonaRunRequest, RunFailure, RunStep
from muster.threads.common.correlation import continued
from muster.threads.common.platform_text import compose, words_sha256
from muster.threads.db.leasing import LEASE_S
from threads.fake_platform import served

REQUEST = PersonaRunRequest(task_id=uuid4(), persona_id="ai-jesus", topic="bread")
MODERATION = Moderation(verdict="allowed", text_sha256=words_sha256("Hook", "Body"))
DRAFT = Draft(hook="Hook", body="Body 🙏", text=compose("Hook", "Body 🙏"), moderation=MODERATION)
STEP = RunStep(id=1, node="ingest")


def frame(event: str, payload, ending: str = "\n\n") -> str:
    return f"event: {event}\nid: 1\ndata: {payload.model_dump_json()}{ending}"


class Runtime:
    """Answers the same to everything."""

    def __init__(self) -> None:
        self.body, self.status, self.seen, self.correlation_id = "", 200, None, None
        self.key, self.before = None, lambda: None
        self.app = FastAPI()
        self.app.add_api_route("/run", self.answer, methods=["POST"])
        self.app.add_api_route("/moderate", self.answer, methods=["POST"])

    def answer(self, asked: dict, request: Request) -> Response:
        self.before()
        self.key = request.headers.get("authorization")
        self.seen, self.correlation_id = asked, request.headers.get("x-correlation-id")
        return Response(self.body, status_code=self.status)


@pytest.fixture
def runtime() -> Runtime:
    return Runtime()


@pytest.fixture
def writer(runtime: Runtime) -> Iterator[RuntimeWriter]:
    with served(runtime.app) as url:
        writer = RuntimeWriter(url, SystemClock())
        yield writer
        writer.close()


def test_a_draft_is_the_last_frame(runtime: Runtime, writer: RuntimeWriter) -> None:
    runtime.body = ": hello\n\n" + frame("step", STEP) + frame("draft", DRAFT)
    assert writer.write(REQUEST) == DRAFT
    assert runtime.seen == REQUEST.model_dump(mode="json")


def test_lines_may_end_as_windows_ends_them(runtime: Runtime, writer: RuntimeWriter) -> None:
    runtime.body = frame("draft", DRAFT).replace("\n", "\r\n")
    assert writer.write(REQUEST) == DRAFT


@pytest.mark.parametrize(("transient", "error"), [(True, ServiceFailureError), (False, WriterFailedError)])
def test_a_failure_says_whether_again_may_help(
    runtime: Runtime, writer: RuntimeWriter, transient: bool, error: type[Exception]
) -> None:
    runtime.body = frame("failure", RunFailure(reason="no model", transient=transient))
    with pytest.raises(error, match="no model"):
        writer.write(REQUEST)


@pytest.mark.parametrize(
    "body", [frame("step", STEP), frame("draft", DRAFT, ending="\n"), "event: draft\ndata: {}\n\n", "", "<html>"]
)
def test_a_stream_that_breaks_off_or_makes_no_sense_may_pass(
    runtime: Runtime, writer: RuntimeWriter, body: str
) -> None:
    runtime.body = body
    with pytest.raises(ServiceFailureError):
        writer.write(REQUEST)


def test_an_endless_answer_is_cut(runtime: Runtime, writer: RuntimeWriter) -> None:
    runtime.body = ": " + "x" * 1_000_001
    with pytest.raises(ServiceFailureError, match="longer than"):
        writer.write(REQUEST)


@pytest.mark.parametrize(("status", "error"), [(422, WriterFailedError), (500, ServiceError), (429, ServiceError)])
def test_what_the_request_is_to_blame_for_does_not_pass(
    runtime: Runtime, writer: RuntimeWriter, status: int, error: type[Exception]
) -> None:
    runtime.status, runtime.body = status, '{"detail": "unknown persona"}'
    with pytest.raises(error, match="unknown persona"):
        writer.write(REQUEST)


def test_edited_words_are_judged(runtime: Runtime, writer: RuntimeWriter) -> None:
    runtime.body = MODERATION.model_dump_json()
    assert writer.judge(ModerationRequest(persona_id="ai-jesus", hook="Hook", body="Body")) == MODERATION


def test_a_runtime_that_is_away_may_come_back() -> None:
    writer = RuntimeWriter("http://127.0.0.1:9", FakeClock())
    with pytest.raises(UnreachableError, match="PERSONA_RUNTIME_URL"):
        writer.write(REQUEST)
    writer.close()


def test_its_key_is_shown(runtime: Runtime) -> None:
    runtime.body = MODERATION.model_dump_json()
    with served(runtime.app) as url:
        writer = RuntimeWriter(url, SystemClock(), SecretStr("mk_right"))
        writer.judge(ModerationRequest(persona_id="ai-jesus", hook="Hook", body="Body"))
        writer.close()
    assert runtime.key == "Bearer mk_right"


def test_a_call_ends_before_its_lease() -> None:
    assert LONGEST_S < SOFT_LIMIT_S < LEASE_S


def test_the_time_until_the_answer_begins_counts(runtime: Runtime) -> None:
    clock = FakeClock()
    runtime.body, runtime.before = frame("draft", DRAFT), lambda: clock.advance(WRITE_S + 1)
    with served(runtime.app) as url:
        writer = RuntimeWriter(url, clock)
        with pytest.raises(ServiceError, match="still not written"):
            writer.write(REQUEST)
        writer.close()


class HastyClock(FakeClock):
    """A minute passes whenever it is asked."""

    def monotonic_s(self) -> float:
        self.advance(60)
        return super().monotonic_s()


def test_a_post_has_to_be_written_before_the_lease_ends(runtime: Runtime) -> None:
    runtime.body = (frame("step", STEP) * 2000) + frame("draft", DRAFT)
    with served(runtime.app) as url:
        writer = RuntimeWriter(url, HastyClock())
        with pytest.raises(ServiceError, match="still not written"):
            writer.write(REQUEST)
        writer.close()


def test_the_runtime_is_told_the_correlation_id(writer: RuntimeWriter, runtime: Runtime) -> None:
    runtime.body = frame("draft", DRAFT)
    with continued({"correlation_id": "order-66"}):
        writer.write(REQUEST)
    assert runtime.correlation_id == "order-66"
