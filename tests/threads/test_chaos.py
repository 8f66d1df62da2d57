"""Two orchestrators and two workers on PostgreSQL and RabbitMQ, where everything fails: workers and orchestrators are
killed (-9), the broker's connections are cut, the database is away, three calls of the platform in ten go wrong.
No task is lost, no post is published twice, and what nobody knows is told."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from muster.core.clock import SystemClock
from muster.threads.common.contracts import TaskAccepted
from muster.threads.db import migrating
from muster.threads.db.engine import Database
from threads.chaos.ledger import Ledger, all_tasks, ended, restless
from threads.chaos.service import AGAIN
from threads.chaos.stack import ORCHESTRATORS, WORKERS, Stack, running_stack, tasks_of_test

TASKS = tasks_of_test(40)
PERSONAS = 4
DATABASE_AWAY_S = 10
BROKER_AWAY_S = 3
KILL_EVERY = max(3, TASKS // 40)
PATIENCE_S = 120 + TASKS
FAULTS = (
    "rate_limited", "error_500", "error_502", "timeout_before", "timeout_after", "cut_after", "error_after",
    "not_ready", "container_error", "container_expired", "expired_token",
)  # fmt: skip
pytestmark = pytest.mark.services


@dataclass
class Trial:
    """One run of all of it."""

    stack: Stack
    database: Database
    asked: list[UUID]

    def ask(self, numbers: range) -> None:
        """As a careful client does: the same key until there is an answer."""
        with ThreadPoolExecutor(4) as clients:
            self.asked += clients.map(self._ask, numbers)

    def _ask(self, number: int) -> UUID:
        topic = f"{AGAIN} {number // 20}" if number % 10 == 0 else f"matter {number} of {number * 7919 % 10_007}"
        body = {"persona_id": f"p{number // 20 % PERSONAS}", "topic": topic}
        for attempt in range(PATIENCE_S):
            address = self.stack.addresses[(number + attempt) % 2]
            try:
                answer = httpx.post(
                    f"{address}/task", json=body, headers={"Idempotency-Key": f"k{number}"}, timeout=20, trust_env=False
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 202:
                return TaskAccepted.model_validate_json(answer.content).id
            time.sleep(1)  # whoever is away is left alone for a moment
        raise AssertionError(f"task {number} was never accepted")

    def wait(self, until: Callable[[], bool], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < end_s, f"{what}: {self.ledger().states()}"
            time.sleep(0.1)  # other processes: there is no event to wait for

    def settle(self) -> None:
        self.wait(lambda: restless(self.database) == 0, "not everything came to rest")

    def ledger(self) -> Ledger:
        return Ledger(all_tasks(self.database, SystemClock().now()), self._texts())

    def _texts(self) -> Counter[str]:
        return Counter(post["text"] for post in self.stack.platform.published(limit=10_000))

    def redrive(self) -> None:
        """What a person does the day after."""
        for task in all_tasks(self.database, SystemClock().now()):
            if task.state in ("unknown", "failed"):
                address = self.stack.addresses[0]
                httpx.post(f"{address}/task/{task.id}/retry", timeout=20, trust_env=False).raise_for_status()


def wreck(trial: Trial) -> None:
    """Tasks keep coming while one thing after another breaks."""
    quarter, stop = TASKS // 4, threading.Event()
    killing = threading.Thread(target=kill_workers, args=(trial, stop))
    killing.start()
    try:
        trial.ask(range(quarter))
        trial.wait(lambda: ended(trial.database) >= quarter // 2, "the first ones did not end")
        with trial.stack.broker_line.cut():
            trial.ask(range(quarter, 2 * quarter))
            time.sleep(BROKER_AWAY_S)
        trial.wait(lambda: ended(trial.database) > quarter, "they did not go on without a broker")
        with ThreadPoolExecutor(1) as beside:
            with trial.stack.database_line.cut():
                asking = beside.submit(trial.ask, range(2 * quarter, 3 * quarter))
                time.sleep(DATABASE_AWAY_S)
            asking.result()
        trial.stack.kill(ORCHESTRATORS[0])
        trial.ask(range(3 * quarter, TASKS))
    finally:
        stop.set()
        killing.join()


def kill_workers(trial: Trial, stop: threading.Event) -> None:
    """One of them each time that so many tasks came to an end: however slow the machine, work is in their hands."""
    chance, next_at = random.Random(7), KILL_EVERY
    while not stop.wait(0.1):
        if ended(trial.database) >= next_at:
            trial.stack.kill(chance.choice(WORKERS))
            next_at = ended(trial.database) + KILL_EVERY


def test_nothing_is_lost_and_nothing_is_posted_twice(empty_postgres: Database, rabbitmq: str, tmp_path: Path) -> None:
    migrating.upgrade(empty_postgres)
    address = empty_postgres.url.replace("postgresql+psycopg", "postgresql")
    with running_stack(tmp_path, address, rabbitmq, PERSONAS) as stack:
        stack.platform.fail(*FAULTS, share=0.3, hold_s=0.4, seed=11)
        trial = Trial(stack, empty_postgres, [])
        wreck(trial)
        trial.settle()
        stack.platform.control("DELETE", "faults")
        ledger = trial.ledger()
        print(f"{stack.killed} killed; {dict(ledger.states())}; {stack.platform.counters()['faults']}")
        assert ledger.defects(trial.asked) == {}
        assert stack.killed > 0

        trial.redrive()
        trial.settle()
        again = trial.ledger()
        print(f"tried again by a person: {dict(again.states())}")
        assert (again.defects(trial.asked), set(again.states())) == ({}, {"published", "duplicate"})
