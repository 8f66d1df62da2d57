"""Threads: what the API takes, how many posts a worker makes and what each step of one costs, 500 listeners, memory.

Parts: post work sse (all of them without words); `--chaos --tasks 500` runs the big proof instead. PostgreSQL is asked
at MUSTER_TEST_POSTGRES; RabbitMQ on this machine, in a virtual host of its own.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

import httpx
from sqlalchemy import func, select
from threads_services import PERSONAS, PORTS, Bench, postgres, rabbitmq, services

from muster.core.clock import SystemClock
from muster.threads.common.contracts import TaskRequest
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db import migrating
from muster.threads.db.asking import Asked, ask
from muster.threads.db.engine import Database
from muster.threads.db.models import TaskRow
from muster.threads.orchestrator.sending import CelerySender

ROOT = Path(__file__).parents[1]
POSTS, NOTHINGS, LISTENERS = 480, 2000, 500
CLIENTS, SECONDS = (1, 8, 64), 6.0
STEP = re.compile(r"^(\w*step\w*seconds)_(sum|count)\{([^}]*)\} (\S+)$", re.MULTILINE)


def posting() -> None:
    """POST /task, by how many clients, on either database."""
    print(f"\n{'POST /task':12} {'clients':>8} {'a second':>9} {'p50 ms':>8} {'p99 ms':>8}")
    for name in ("SQLite", "PostgreSQL"):
        with ExitStack() as open_now:
            url = open_now.enter_context(postgres()) if name == "PostgreSQL" else ""
            broker = open_now.enter_context(rabbitmq())
            bench = open_now.enter_context(services(url, broker))
            bench.start("orchestrator")
            for clients in CLIENTS:
                taken = asyncio.run(post_for(clients))
                p99 = quantiles(taken, n=100)[98]
                rate = len(taken) / SECONDS
                print(f"{name:12} {clients:8} {rate:9.0f} {median(taken) * 1000:8.1f} {p99 * 1000:8.1f}", flush=True)


async def post_for(clients: int) -> list[float]:
    """Seconds of each request; as many clients as said, each with a connection of its own."""
    found = await asyncio.gather(*(one_client(time.monotonic() + SECONDS) for _ in range(clients)))
    return [taken for some in found for taken in some]


async def one_client(until_s: float) -> list[float]:
    body = json.dumps({"persona_id": "p0", "topic": "rockets", "needs_approval": True}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", PORTS["orchestrator"])
    taken: list[float] = []
    while (began := time.monotonic()) < until_s:
        writer.write(request("POST", "/task", body))
        status, _ = await answer(reader)
        assert status == 202, status
        taken.append(time.monotonic() - began)
    writer.close()
    return taken


def request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(length)


def working() -> None:
    """Messages that mean nothing, then posts from asked to published, by one worker."""
    with postgres() as url, rabbitmq() as broker, services(url, broker) as bench:
        database = Database(url)
        migrating.upgrade(database)
        print(f"\none worker, 8 threads, PostgreSQL and RabbitMQ: {nothings(bench, broker):.0f} messages a second that "
              "name no task")  # fmt: skip
        bench.start("embedded-qdrant", "fake-threads", "persona-runtime", "orchestrator", "worker")
        before = bench.cpu_s()
        began = time.monotonic()
        ask_all(database)
        until_ended(database, began)
        taken_s, after = time.monotonic() - began, bench.cpu_s()
        told(database, bench, taken_s, {name: after[name] - before[name] for name in after})
        database.dispose()


def nothings(bench: Bench, broker: str) -> float:
    """Messages a second, each one look into the database."""
    sender = CelerySender(ThreadsSettings(_env_file=None, rabbitmq_url=broker))
    for _ in range(NOTHINGS):
        sender.send({"version": 1, "task_id": str(uuid4())}, {})
    bench.start("worker")
    while (first := sender.waiting()) == NOTHINGS:
        time.sleep(0.002)
    began = time.monotonic()
    while sender.waiting():
        time.sleep(0.01)
    taken_s = time.monotonic() - began
    sender.close()
    bench.stop("worker")
    return first / taken_s


def ask_all(database: Database) -> None:
    clock, persona = SystemClock(), load_personas()["ai-elon"]
    for number in range(POSTS):
        wanted = TaskRequest(persona_id=f"p{number % PERSONAS}", topic=f"matter {number} of {number * 7919 % 10_007}")
        ask(database, Asked(wanted, "local", f"c{number}"), persona.model_copy(update={"id": wanted.persona_id,
            "schedule": persona.schedule.model_copy(update={"quiet_hours": None})}), clock.now())  # fmt: skip


def until_ended(database: Database, began_s: float) -> None:
    on_the_way = select(func.count()).select_from(TaskRow).where(TaskRow.state.not_in(("published", "duplicate")))
    while time.monotonic() < began_s + 300:
        with database.read() as session:
            if not session.scalar(on_the_way):
                return
        time.sleep(0.1)
    raise TimeoutError("not all posts ended")


def told(database: Database, bench: Bench, taken_s: float, cpu_s: Mapping[str, float]) -> None:
    with database.read() as session:
        rows = session.execute(select(TaskRow.state, func.count()).group_by(TaskRow.state)).all()
    states = dict(map(tuple, rows))
    all_s = sum(cpu_s.values())
    print(f"{POSTS} posts in {taken_s:.1f} s: {POSTS / taken_s:.1f} a second; {states}")
    print(f"the worker's own processor time allows {POSTS / cpu_s['worker']:.0f} a second and core")
    print(f"\n{'service':18} {'CPU ms a post':>14} {'share':>6} {'RSS MB':>7}")
    memory = bench.rss_mb()
    for name, spent_s in cpu_s.items():
        print(f"{name:18} {spent_s / POSTS * 1000:14.1f} {spent_s / all_s:6.0%} {memory[name]:7}")
    print(f"\n{'step':12} {'times':>6} {'ms':>7} {'share':>6}   (waiting for others included)")
    steps = steps_of(httpx.get(f"http://127.0.0.1:{PORTS['worker'] + 100}/metrics", trust_env=False).text)
    whole_s = sum(spent_s for spent_s, _ in steps.values())
    for name, (spent_s, times) in steps.items():
        print(f"{name:12} {times:6.0f} {spent_s / times * 1000:7.1f} {spent_s / whole_s:6.0%}")


def steps_of(metrics: str) -> dict[str, tuple[float, float]]:
    """Step -> seconds and times, over all outcomes."""
    found: dict[str, tuple[float, float]] = {}
    for _, kind, labels, value in STEP.findall(metrics):
        name = re.search(r'step="(\w+)"', labels)
        if name:
            spent_s, times = found.get(name[1], (0.0, 0.0))
            add = float(value)
            found[name[1]] = (spent_s + add, times) if kind == "sum" else (spent_s, times + add)
    return found


def listening() -> None:
    """Many listeners of one task: how long until all have its last line."""
    with postgres() as url, rabbitmq() as broker, services(url, broker) as bench:
        bench.start("orchestrator")
        before = bench.rss_mb()["orchestrator"]
        opened_s, heard = asyncio.run(listen())
        after = bench.rss_mb()["orchestrator"]
        print(f"\n{LISTENERS} listeners opened in {opened_s:.1f} s; an event after its request was answered: "
              f"median {median(heard) * 1000:.0f} ms, last {max(heard) * 1000:.0f} ms; "
              f"orchestrator {before} -> {after} MB")  # fmt: skip


async def listen() -> tuple[float, list[float]]:
    """Seconds until all listen, and until each heard the last line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORTS["orchestrator"])
    writer.write(request("POST", "/task", b'{"persona_id": "p0", "topic": "rockets"}'))
    task_id = json.loads((await answer(reader))[1])["id"]
    began = time.monotonic()
    streams = await asyncio.gather(*(first_line(task_id) for _ in range(LISTENERS)))
    opened_s = time.monotonic() - began
    hearing = [asyncio.create_task(last_line(stream)) for stream in streams]
    writer.write(request("POST", f"/task/{task_id}/cancel", b'{"reason": "heard enough"}'))
    assert (await answer(reader))[0] == 200
    cancelled = time.monotonic()
    return opened_s, [max(0.0, at - cancelled) for at in await asyncio.gather(*hearing)]


async def first_line(task_id: str) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORTS["orchestrator"])
    _WRITERS.append(writer)
    writer.write(request("GET", f"/task/{task_id}/events"))
    await reader.readuntil(b"data:")
    return reader


async def last_line(reader: asyncio.StreamReader) -> float:
    await reader.readuntil(b"cancelled")
    return time.monotonic()


_WRITERS: list[asyncio.StreamWriter] = []
"""A writer that nobody holds closes its connection."""


def chaos(tasks: int) -> int:
    """The proof of tests/threads/test_chaos.py with more tasks."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:xdist", "tests/threads/test_chaos.py"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "MUSTER_TEST_CHAOS_TASKS": str(tasks)}, check=False
    ).returncode  # fmt: skip


PARTS = {"post": posting, "work": working, "sse": listening}


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all without one")
    parser.add_argument("--chaos", action="store_true")
    parser.add_argument("--tasks", type=int, default=500)
    given = parser.parse_args(words)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if given.chaos:
        return chaos(given.tasks)
    for part in given.parts or PARTS:
        PARTS[part]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
