import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.threads.db.engine import Database
from muster.threads.db.story import locked_task, tell
from threads.orchestrator.conftest import Running, running

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def note(database: Database, task_id: str, *texts: str) -> None:
    with database.begin() as session:
        task = locked_task(session, UUID(task_id))
        assert task is not None
        for text in texts:
            tell(session, task, NOW, "note", text)


def frames_of(text: str) -> list[dict[str, str]]:
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [block for block in blocks if "id" in block]


def test_the_stream_is_the_story_and_ends_with_it(orchestrator: Running) -> None:
    task = orchestrator.ask()
    note(orchestrator.database, task, "one\u2028more", "🚀")
    orchestrator.http.post(f"/task/{task}/cancel")
    answer = orchestrator.http.get(f"/task/{task}/events")
    heard = frames_of(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [(one["id"], one["event"]) for one in heard] == [
        ("1", "state"), ("2", "note"), ("3", "note"), ("4", "operator")
    ]  # fmt: skip
    assert [json.loads(one["data"])["seq"] for one in heard] == [1, 2, 3, 4]
    assert json.loads(heard[1]["data"])["text"] == "one\u2028more"


def test_lines_come_as_they_are_written(orchestrator: Running) -> None:
    task = orchestrator.ask()
    with orchestrator.http.stream("GET", f"/task/{task}/events") as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("id")) == "id: 1"
        note(orchestrator.database, task, "later")
        assert next(line for line in lines if line.startswith("id")) == "id: 2"


def test_who_saw_all_of_an_ended_story_need_not_come_back(orchestrator: Running) -> None:
    task = orchestrator.ask()
    orchestrator.http.post(f"/task/{task}/cancel")
    assert orchestrator.http.get(f"/task/{task}/events", headers={"Last-Event-ID": "2"}).status_code == 204


@pytest.mark.parametrize("place", ["x", "-1", "99999999999"])
def test_a_place_that_is_none_is_refused(orchestrator: Running, place: str) -> None:
    task = orchestrator.ask()
    assert orchestrator.http.get(f"/task/{task}/events", headers={"Last-Event-ID": place}).status_code == 422


@pytest.mark.services
def test_another_replica_goes_on_where_the_first_stopped(tmp_path: Path, database: Database) -> None:
    with running(tmp_path, database) as one, running(tmp_path, database) as other:
        task = one.ask()
        note(database, task, *map(str, range(20)))
        one.http.post(f"/task/{task}/cancel")
        whole = frames_of(one.http.get(f"/task/{task}/events").text)
        for seen in (0, 1, 10, 21):
            rest = other.http.get(f"/task/{task}/events", headers={"Last-Event-ID": str(seen)})
            assert frames_of(rest.text) == whole[seen:]


@given(place=st.integers(0, 130))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_resumed_from_any_event_the_rest_is_the_same(long_story: tuple[Running, str], place: int) -> None:
    orchestrator, task = long_story
    answer = orchestrator.http.get(f"/task/{task}/events", headers={"Last-Event-ID": str(place)})
    assert answer.status_code == (200 if place < 122 else 204)
    heard = frames_of(answer.text) if answer.text else []
    assert [int(one["id"]) for one in heard] == list(range(place + 1, 123))


@pytest.fixture
def long_story(tmp_path: Path, sqlite: Database):
    with running(tmp_path, sqlite) as one:
        task = one.ask()
        note(sqlite, task, *map(str, range(120)))
        one.http.post(f"/task/{task}/cancel")
        yield one, task


def test_five_hundred_listeners_hear_the_same(tmp_path: Path, sqlite: Database) -> None:
    with running(tmp_path, sqlite) as one:
        task = one.ask()
        heard = asyncio.run(listen_and_cancel(one, task, 500))
    assert heard == [["1", "2"]] * 500


async def listen_and_cancel(one: Running, task: str, count: int) -> list[list[str]]:
    limits = httpx.Limits(max_connections=count + 1)
    async with httpx.AsyncClient(
        base_url=one.address, trust_env=False, verify=False, limits=limits, timeout=60
    ) as http:
        began = asyncio.Semaphore(0)

        async def hear() -> list[str]:
            ids: list[str] = []
            async with http.stream("GET", f"/task/{task}/events") as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("id: "):
                        ids.append(line[4:])
                        began.release()
            return ids

        listening = [asyncio.create_task(hear()) for _ in range(count)]
        for _ in range(count):
            await began.acquire()
        await http.post(f"/task/{task}/cancel")
        return await asyncio.gather(*listening)
