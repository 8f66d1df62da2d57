"""The service as a whole: health, readiness, relays of two, its OpenAPI document."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muster.core.errors import ServiceError, SettingsError
from muster.core.health import Check, Health
from muster.core.testing.clock import FakeClock
from muster.threads.db.engine import Database
from muster.threads.orchestrator.app import build
from muster.threads.orchestrator.looping import Loop
from muster.threads.orchestrator.readiness import Readiness
from threads.orchestrator.conftest import Running, answering_qdrant, running, settings_for


def test_it_is_alive_whatever_else_is_away(orchestrator: Running) -> None:
    assert orchestrator.http.get("/health").json() == {"status": "ok"}


def test_it_is_ready_when_all_three_answer(tmp_path: Path, database: Database) -> None:
    with answering_qdrant() as qdrant, running(tmp_path, database, qdrant_url=qdrant) as one:
        answer = one.http.get("/ready")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert {name: check["status"] for name, check in answer.json()["checks"].items()} == {
            "database": "ok", "broker": "ok", "qdrant": "ok",
        }  # fmt: skip


def test_readiness_names_who_is_away(tmp_path: Path, sqlite: Database) -> None:
    with running(tmp_path, sqlite, qdrant_url="http://127.0.0.1:9") as one:
        answer = one.http.get("/ready")
        checks = answer.json()["checks"]
        assert (answer.status_code, checks["qdrant"]["status"], checks["database"]["status"]) == (503, "away", "ok")


def test_one_that_hangs_is_slow_and_holds_up_nobody() -> None:
    let_go = threading.Event()

    def hang() -> Health:
        let_go.wait(30)
        return Health("ok", "")

    async def ask_twice() -> list[dict[str, Health]]:
        readiness = Readiness([Check("stuck", hang), Check("well", lambda: Health("ok", ""))], patience_s=0.05)
        try:
            return [await readiness.ask(), await readiness.ask()]
        finally:
            let_go.set()
            readiness.close()

    for answers in asyncio.run(ask_twice()):
        assert (answers["stuck"].status, answers["well"].status) == ("slow", "ok")


def test_its_relay_sends_what_was_asked_for(orchestrator: Running) -> None:
    task = orchestrator.ask()
    with orchestrator.http.stream("GET", f"/task/{task}/events") as stream:
        assert next(stream.iter_lines())
    while not orchestrator.sender.sent:
        threading.Event().wait(0.01)
    assert orchestrator.sender.sent[0][0]["task_id"] == task


@pytest.mark.services
def test_two_orchestrators_at_once_share_a_database(tmp_path: Path, database: Database) -> None:
    with running(tmp_path, database) as one, running(tmp_path, database) as other, ThreadPoolExecutor(8) as pool:
        tasks = list(pool.map(lambda number: (one, other)[number % 2].ask(when="next_slot"), range(24)))
        assert {other.http.get(f"/task/{task}").json()["state"] for task in tasks} == {"queued"}
        assert len({one.http.get(f"/task/{task}").json()["publish_at"] for task in tasks}) == 24
        sent = [*one.sender.sent, *other.sender.sent]
        while len(sent) < 24:
            threading.Event().wait(0.01)
            sent = [*one.sender.sent, *other.sender.sent]
    assert sorted(payload["task_id"] for payload, _ in sent) == sorted(tasks)


def test_metrics_are_served(orchestrator: Running) -> None:
    assert "request_latency_seconds" in orchestrator.http.get("/metrics").text


def test_beyond_this_machine_it_needs_keys(tmp_path: Path, sqlite: Database) -> None:
    with pytest.raises(SettingsError, match="without API keys"):
        build(settings_for(tmp_path, sqlite, threads_bind_host="0.0.0.0"))


def test_a_loop_goes_on_after_a_service_was_away() -> None:
    done, closed = threading.Event(), threading.Event()
    answers = [ServiceError("away"), 1, 0]

    def work(_now: datetime) -> int:
        answer = answers.pop(0) if answers else 0
        if isinstance(answer, ServiceError):
            raise answer
        if not answers:
            done.set()
        return answer

    loop = Loop("work", work, every_s=0.001, clock=FakeClock(datetime(2026, 1, 1, tzinfo=UTC)), close=closed.set)
    loop.start()
    assert done.wait(10)
    loop.stop()
    assert closed.is_set()
