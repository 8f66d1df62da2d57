"""Messages as a worker finds them: in memory, in files, and in RabbitMQ."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from kombu import Connection, Queue

from muster.core.clock import SystemClock
from muster.core.errors import UnreachableError
from muster.threads.common.contracts import TaskRequest
from muster.threads.common.personas import load_personas
from muster.threads.common.queueing import QUEUE, TASK, broker_options, broker_url
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.asking import Asked, ask
from muster.threads.db.engine import Database
from muster.threads.orchestrator.relay import Relay
from muster.threads.orchestrator.sending import CelerySender


@contextmanager
def reading(settings: ThreadsSettings) -> Iterator[Any]:
    """The queue as a consumer opens it; empty to begin with."""
    with Connection(
        broker_url(settings), transport_options=dict(broker_options(settings)), connect_timeout=5
    ) as connection:
        queue: Any = cast(Any, Queue)(QUEUE, exchange=QUEUE, routing_key=QUEUE)(connection.channel())
        queue.declare()
        queue.purge()
        yield queue


def all_messages(queue: Any) -> list[Any]:
    found: list[Any] = []
    while (message := queue.get()) is not None:
        message.ack()
        found.append(message)
    return found


@pytest.fixture(params=["memory", "files", pytest.param("rabbitmq", marks=pytest.mark.services)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> ThreadsSettings:
    url = {"memory": "memory://", "files": ""}.get(request.param)
    if url is None:
        url = request.getfixturevalue("rabbitmq")
    return ThreadsSettings(_env_file=None, muster_home=tmp_path, rabbitmq_url=url)


def test_a_worker_finds_the_message(broker: ThreadsSettings) -> None:
    with reading(broker) as queue:
        sender = CelerySender(broker)
        sender.send({"version": 1, "task_id": "t1"}, {"correlation_id": "c1", "traceparent": "p1"})
        assert sender.waiting() == 1
        (message,) = all_messages(queue)
        assert (message.headers["task"], message.payload[1]) == (TASK, {"version": 1, "task_id": "t1"})
        assert (message.headers["correlation_id"], message.headers["traceparent"]) == ("c1", "p1")
        sender.close()


@pytest.mark.services
def test_a_connection_that_broke_is_made_anew(tmp_path: Path, rabbitmq: str) -> None:
    settings = ThreadsSettings(_env_file=None, muster_home=tmp_path, rabbitmq_url=rabbitmq)
    with reading(settings) as queue:
        sender = CelerySender(settings)
        sender.send({"task_id": "t1"}, {})
        assert sender._opened is not None
        sender._opened.connection.transport.close_connection(sender._opened.connection.connection)
        with pytest.raises(UnreachableError):
            sender.send({"task_id": "t2"}, {})
        sender.send({"task_id": "t2"}, {})
        assert [message.payload[1]["task_id"] for message in all_messages(queue)] == ["t1", "t2"]
        sender.close()


def test_a_broker_that_is_not_there_is_away(tmp_path: Path) -> None:
    settings = ThreadsSettings(
        _env_file=None, muster_home=tmp_path, rabbitmq_url="amqp://guest:hunter2secret@127.0.0.1:9//"
    )
    with pytest.raises(UnreachableError, match="the broker is away") as caught:
        CelerySender(settings).send({}, {})
    assert "hunter2secret" not in str(caught.value)


ASK_AND_DIE = """
import os, signal, sys
from muster.core.clock import SystemClock
from muster.threads.common.contracts import TaskRequest
from muster.threads.common.personas import load_personas
from muster.threads.db.asking import Asked, ask
from muster.threads.db.engine import Database

asked = Asked(TaskRequest(persona_id="ai-elon", topic="rockets"), "local", "c1")
ask(Database(sys.argv[1]), asked, load_personas()["ai-elon"], SystemClock().now())
os.kill(os.getpid(), signal.SIGKILL)
"""
"""An orchestrator that is killed when a task is committed, before its relay has looked."""


def test_what_was_committed_survives_its_orchestrator(database: Database, tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", ASK_AND_DIE, plain_url(database)], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    settings = ThreadsSettings(_env_file=None, muster_home=tmp_path, rabbitmq_url="memory://")
    with reading(settings) as queue:
        sender = CelerySender(settings)
        assert Relay(database, sender).run_once(SystemClock().now()) == 1
        assert len(all_messages(queue)) == 1
        sender.close()


@pytest.mark.services
def test_two_relays_bring_all_to_rabbitmq(database: Database, tmp_path: Path, rabbitmq: str) -> None:
    settings = ThreadsSettings(_env_file=None, muster_home=tmp_path, rabbitmq_url=rabbitmq)
    elon, clock = load_personas()["ai-elon"], SystemClock()
    asked = Asked(TaskRequest(persona_id="ai-elon", topic="rockets"), "local", "c1")
    tasks = {str(ask(database, asked, elon, clock.now())) for _ in range(120)}
    with reading(settings) as queue:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: relay_all(database, settings), range(2)))
        found = [message.payload[1]["task_id"] for message in all_messages(queue)]
    assert sorted(found) == sorted(tasks)


def relay_all(database: Database, settings: ThreadsSettings) -> None:
    sender = CelerySender(settings)
    relay = Relay(database, sender)
    while relay.run_once(SystemClock().now()):
        pass
    sender.close()


def plain_url(database: Database) -> str:
    return database.url.replace("postgresql+psycopg://", "postgresql://")
