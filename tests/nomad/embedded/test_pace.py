"""When virtual time moves: never while somebody works, at once when all wait."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from muster.nomad.embedded.host import Host
from muster.nomad.embedded.http.app import build_apps
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.pace import Pace
from muster.nomad.embedded.state.values import SECOND
from nomad.embedded.jobs import START_NS, job

Asker = Callable[[str], Awaitable[httpx.Response]]
REAL_LIMIT_S = 20


def with_cluster(folder: Path, story: Callable[[Asker, Host, Pace], Awaitable[Any]]) -> Any:
    """Tell a story to a cluster's API."""
    host = Host(folder / "journal.jsonl", [{"name": "one"}], [], START_NS, "test")
    pace = Pace(host)
    app = build_apps(Desk(host, pace, "127.0.0.1:4646"))["nomad"]

    async def run() -> Any:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cluster") as client:
            return await asyncio.wait_for(story(client.get, host, pace), REAL_LIMIT_S)

    try:
        return asyncio.run(run())
    finally:
        host.close()


def test_time_jumps_to_what_a_blocking_query_waits_for(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, _: Pace) -> httpx.Response:
        host.write("register", job=job(), enforce=None)
        index = 0
        while True:
            answer = await ask(f"/v1/job/web/deployment?index={index}&wait=60s")
            index = int(answer.headers["X-Nomad-Index"])
            if (answer.json() or {}).get("Status") == "successful":
                return answer

    answer = with_cluster(tmp_path, story)
    passed = float(answer.headers["X-Muster-Virtual-Time"]) - START_NS / SECOND
    assert 2 < passed < 30


def test_a_wait_for_nothing_ends_at_its_deadline_on_the_clusters_clock(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, _: Pace) -> int:
        await ask("/v1/jobs?index=99999&wait=5m")
        return host.now_ns

    assert with_cluster(tmp_path, story) == START_NS + 300 * SECOND


def test_time_stands_still_without_anybody_who_waits(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, _: Pace) -> int:
        host.write("register", job=job(), enforce=None)
        await ask("/v1/jobs")
        await asyncio.sleep(0.1)
        return host.now_ns

    assert with_cluster(tmp_path, story) == START_NS


def test_time_stands_still_while_somebody_works(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, pace: Pace) -> int:
        pace.enter()  # a request that is being answered
        waiting = asyncio.ensure_future(ask("/v1/jobs?index=99999&wait=1s"))
        await asyncio.sleep(0.1)
        before = host.now_ns
        pace.leave()
        await waiting
        return before

    assert with_cluster(tmp_path, story) == START_NS


def test_a_write_wakes_who_waits_for_it(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, pace: Pace) -> int:
        pace.enter()
        waiting = asyncio.ensure_future(ask("/v1/jobs?index=1&wait=60s"))
        await asyncio.sleep(0.05)
        host.write("register", job=job(), enforce=None)
        pace.wake()
        answer = await waiting
        pace.leave()
        return len(answer.json())

    assert with_cluster(tmp_path, story) == 1


def test_who_stops_waiting_is_not_waited_for(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, pace: Pace) -> tuple[int, int]:
        pace.enter()
        waiting = asyncio.ensure_future(ask("/v1/jobs?index=99999&wait=60s"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.sleep(0.05)
        pace.leave()
        await asyncio.sleep(0.1)
        return host.now_ns, pace.in_flight

    assert with_cluster(tmp_path, story) == (START_NS, 0)


def test_time_goes_on_for_the_others_when_one_that_waited_leaves(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, _: Pace) -> int:
        waiting = [asyncio.ensure_future(ask("/v1/jobs?index=99999&wait=60s")) for _ in range(2)]
        await asyncio.sleep(0.005)  # both wait, and time has not yet gone on
        waiting[0].cancel()
        await waiting[1]
        return host.now_ns

    assert with_cluster(tmp_path, story) == START_NS + 60 * SECOND


def periodic(spec: str) -> dict[str, Any]:
    return {**job(Update=None), "Type": "batch", "Periodic": {"Enabled": True, "Spec": spec, "SpecType": "cron"}}


def test_a_job_that_is_launched_each_second_does_not_drive_the_clock(tmp_path: Path) -> None:
    async def story(_: Asker, host: Host, __: Pace) -> int:
        host.write("register", job=periodic("* * * * * * *"), enforce=None)
        await asyncio.sleep(0.3)
        return host.now_ns

    assert with_cluster(tmp_path, story) == START_NS


def test_launches_end_where_the_wait_does(tmp_path: Path) -> None:
    async def story(ask: Asker, host: Host, _: Pace) -> tuple[int, int]:
        host.write("register", job=periodic("*/10 * * * * * *"), enforce=None)
        await ask("/v1/job/nothing/allocations?index=99999&wait=60s")
        return host.now_ns, len(host.cluster.store.jobs)

    assert with_cluster(tmp_path, story) == (START_NS + 60 * SECOND, 7)
