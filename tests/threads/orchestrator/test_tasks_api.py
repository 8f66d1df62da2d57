from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from sqlalchemy import func, select

from muster.core.observability.tracing import traced_everywhere_by
from muster.core.testing.tracing import RecordingTracer
from muster.core.web.api_keys import new_key
from muster.threads.db.engine import Database
from muster.threads.db.models import TaskRow
from threads.orchestrator.conftest import Running, running


def test_a_task_is_accepted_and_its_message_sent(orchestrator: Running) -> None:
    answer = orchestrator.http.post(
        "/task",
        json={"persona_id": "ai-elon", "topic": "rockets"},
        headers={"X-Correlation-Id": "c-1", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"},
    )
    task_id = answer.json()["id"]
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    view = orchestrator.http.get(f"/task/{task_id}").json()
    assert (view["state"], view["topic"], view["correlation_id"]) == ("queued", "rockets", "c-1")


def test_a_message_names_the_span_of_the_request_and_the_id_that_the_answer_names(
    tmp_path: Path, sqlite: Database
) -> None:
    tracer = RecordingTracer()
    with traced_everywhere_by(tracer), running(tmp_path, sqlite) as one:
        answer = one.http.post("/task", json={"persona_id": "ai-elon", "topic": "rockets"})
        with sqlite.read() as session:
            task = session.scalars(select(TaskRow)).one()
            kept = (task.correlation_id, task.trace_context)
    assert kept == (answer.headers["X-Correlation-ID"], {"traceparent": "orchestrator POST"})


def test_the_same_key_and_body_are_the_same_task(orchestrator: Running) -> None:
    body, headers = {"persona_id": "ai-elon", "topic": "rockets"}, {"Idempotency-Key": "k1"}
    answers = [orchestrator.http.post("/task", json=body, headers=headers) for _ in range(3)]
    assert [one.status_code for one in answers] == [202] * 3
    assert len({one.json()["id"] for one in answers}) == 1


def test_the_same_key_and_another_body_is_refused(orchestrator: Running) -> None:
    headers = {"Idempotency-Key": "k1"}
    orchestrator.http.post("/task", json={"persona_id": "ai-elon", "topic": "rockets"}, headers=headers)
    refused = orchestrator.http.post("/task", json={"persona_id": "ai-elon", "topic": "tea"}, headers=headers)
    assert refused.status_code == 409


def test_the_same_key_at_the_same_time_is_one_task(orchestrator: Running) -> None:
    def post(_: int) -> str:
        body = {"persona_id": "ai-elon", "topic": "rockets"}
        headers = {"Idempotency-Key": "k1"}
        return httpx.post(f"{orchestrator.address}/task", json=body, headers=headers, trust_env=False).json()["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(16)))) == 1


def test_an_unknown_persona_is_answered_with_the_known_ones(orchestrator: Running) -> None:
    refused = orchestrator.http.post("/task", json={"persona_id": "nobody", "topic": "x"})
    assert (refused.status_code, refused.json()["advice"]) == (422, "There are: ai-elon, ai-jesus.")


@pytest.mark.parametrize(
    "body",
    [
        {"persona_id": "ai-elon"},
        {"persona_id": "ai-elon", "topic": " "},
        {"persona_id": "ai-elon", "topic": "x", "extra": 1},
        {"persona_id": "ai-elon", "topic": "x" * 501},
        {"persona_id": "ai-elon", "topic": "a\0b"},
        {"persona_id": "ai-elon", "topic": "x", "when": "2026-11-21T12:00:00"},
        {"persona_id": "ai-elon", "topic": "x", "when": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_request_that_is_wrong_is_told_why(orchestrator: Running, body: dict[str, object]) -> None:
    refused = orchestrator.http.post("/task", json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_slots_are_taken_one_by_one(orchestrator: Running) -> None:
    with ThreadPoolExecutor(6) as pool:
        tasks = list(pool.map(lambda _: orchestrator.ask(when="next_slot"), range(6)))
    times = [orchestrator.http.get(f"/task/{task}").json()["publish_at"] for task in tasks]
    assert len(set(times)) == 6


def test_a_time_in_the_future_is_kept(orchestrator: Running) -> None:
    at = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=2)  # 12:00 there
    view = orchestrator.http.get(f"/task/{orchestrator.ask(when=at.isoformat())}").json()
    assert datetime.fromisoformat(view["publish_at"]) == at


def test_a_time_that_is_past_is_refused_by_name(orchestrator: Running) -> None:
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    refused = orchestrator.http.post("/task", json={"persona_id": "ai-elon", "topic": "x", "when": at})
    assert refused.status_code == 422
    assert at in refused.json()["detail"]


def test_a_time_just_past_is_now(orchestrator: Running) -> None:
    orchestrator.ask(when=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())


def test_a_task_that_is_not_there_is_404(orchestrator: Running) -> None:
    path = "/task/00000000-0000-0000-0000-000000000000"
    assert orchestrator.http.get(path).status_code == 404
    assert orchestrator.http.get(f"{path}/events").status_code == 404
    assert [
        orchestrator.http.post(f"{path}/{verb}").status_code for verb in ("cancel", "retry", "approve", "reject")
    ] == [404] * 4


def test_cancelling_is_told_and_done_once(orchestrator: Running) -> None:
    task = orchestrator.ask()
    assert orchestrator.http.post(f"/task/{task}/cancel", json={"reason": "no more"}).json()["reason"] == "no more"
    assert orchestrator.http.post(f"/task/{task}/cancel").status_code == 409


def test_pages_of_tasks_show_each_once(orchestrator: Running) -> None:
    tasks = [orchestrator.ask() for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = orchestrator.http.get("/tasks", params={"limit": 2, **cursor}).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == tasks[::-1]


def test_tasks_are_filtered(orchestrator: Running) -> None:
    gone, other = orchestrator.ask(), orchestrator.ask(persona_id="ai-jesus")
    orchestrator.http.post(f"/task/{gone}/cancel")

    def listed(**query: str) -> list[str]:
        return [one["id"] for one in orchestrator.http.get("/tasks", params=query).json()["items"]]

    assert listed(state="cancelled") == [gone]
    assert listed(persona="ai-jesus") == [other]
    assert listed(state="published") == []


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "8J-Z"}, {"state": "odd"}, {"limit": "0"}, {"other": "1"}]
)
def test_a_wrong_query_is_refused(orchestrator: Running, query: dict[str, str]) -> None:
    assert orchestrator.http.get("/tasks", params=query).status_code == 422


def test_personas_and_posts_are_listed(orchestrator: Running) -> None:
    assert [one["id"] for one in orchestrator.http.get("/personas").json()] == ["ai-elon", "ai-jesus"]
    assert orchestrator.http.get("/posts").json() == {"items": [], "next_cursor": None}


def test_a_scope_is_needed_for_each_route(tmp_path: Path, sqlite: Database) -> None:
    reader, key = new_key("reader", ["tasks:read"])
    file = tmp_path / "keys.yaml"
    file.write_text(yaml.safe_dump({"keys": [{"name": key.name, "sha256": key.sha256, "scopes": ["tasks:read"]}]}))
    with running(tmp_path, sqlite, threads_api_keys=file) as one:
        known = {"Authorization": f"Bearer {reader}"}
        refused = one.http.post("/task", json={"persona_id": "ai-elon", "topic": "x"}, headers=known)
        assert (refused.status_code, one.http.get("/tasks", headers=known).status_code) == (403, 200)
        assert [one.http.get(path, headers=known).status_code for path in ("/posts", "/personas")] == [403, 200]
        assert [one.http.get(path).status_code for path in ("/tasks", "/metrics", "/openapi.json", "/health")] == [
            401,
            401,
            401,
            200,
        ]


def test_what_was_refused_left_nothing(orchestrator: Running) -> None:
    orchestrator.http.post("/task", json={"persona_id": "ai-elon"})
    with orchestrator.database.read() as session:
        assert session.scalar(select(func.count()).select_from(TaskRow)) == 0
