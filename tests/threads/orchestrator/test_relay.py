from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from muster.core.errors import UnreachableError
from muster.threads.common.contracts import TaskRequest
from muster.threads.common.personas import load_personas
from muster.threads.db.asking import Asked, ask
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LEASE_S, take_lease
from muster.threads.db.models import OutboxRow, TaskRow
from muster.threads.db.outbox import waiting_messages
from muster.threads.db.story import story_after
from muster.threads.orchestrator.relay import CLAIM_S, Relay
from muster.threads.orchestrator.sweeper import Sweeper
from threads.orchestrator.conftest import ListedSender

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STUCK = NOW + timedelta(seconds=LEASE_S + 1)
ELON = load_personas()["ai-elon"]


def ask_for(database: Database, *, now: datetime = NOW) -> UUID:
    request = TaskRequest(persona_id="ai-elon", topic="rockets")
    return ask(database, Asked(request, "local", "c1", trace_context={"traceparent": "t1"}), ELON, now)


def test_a_message_says_where_to_look_and_who_asked(database: Database) -> None:
    task_id, sender = ask_for(database), ListedSender()
    assert Relay(database, sender).run_once(NOW) == 1
    assert sender.sent == [
        ({"version": 1, "task_id": str(task_id)}, {"correlation_id": "c1", "traceparent": "t1"})
    ]  # fmt: skip


def test_what_was_sent_is_not_sent_again(database: Database) -> None:
    ask_for(database)
    sender = ListedSender()
    relay = Relay(database, sender)
    assert [relay.run_once(NOW), relay.run_once(NOW + timedelta(days=1))] == [1, 0]


def test_a_message_is_not_sent_before_it_is_due(database: Database) -> None:
    ask_for(database, now=NOW + timedelta(seconds=1))
    assert Relay(database, ListedSender()).run_once(NOW) == 0


def test_a_broker_that_is_away_loses_nothing(database: Database) -> None:
    for _ in range(3):
        ask_for(database)
    sender = ListedSender(away_after=1)
    relay = Relay(database, sender)
    with pytest.raises(UnreachableError):
        relay.run_once(NOW)
    with database.read() as session:
        waiting = session.scalars(select(OutboxRow)).all()
        assert [(row.attempts, row.last_error) for row in waiting] == [(1, "the broker is away")] * 2
        assert waiting_messages(session, NOW) == 0
    sender.away_after = None
    assert relay.run_once(NOW + timedelta(seconds=1)) == 2
    assert len({payload["task_id"] for payload, _ in sender.sent}) == 3


def test_each_failure_waits_longer_up_to_half_a_minute(database: Database) -> None:
    ask_for(database)
    relay, now, pauses = Relay(database, ListedSender(away=True)), NOW, list[float]()
    for _ in range(7):
        with pytest.raises(UnreachableError):
            relay.run_once(now)
        with database.read() as session:
            due = session.scalars(select(OutboxRow.due_at)).one()
        pauses.append((due - now).total_seconds())
        now = due
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_relay_that_died_with_its_claim_is_followed_by_another(database: Database) -> None:
    ask_for(database)
    Relay(database, ListedSender())._claim(NOW)
    sender = ListedSender()
    successor = Relay(database, sender)
    assert successor.run_once(NOW + timedelta(seconds=CLAIM_S - 1)) == 0
    assert successor.run_once(NOW + timedelta(seconds=CLAIM_S)) == 1


def test_relays_side_by_side_share_the_work(database: Database) -> None:
    tasks = {str(ask_for(database)) for _ in range(150)}
    sender = ListedSender()
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: Relay(database, sender).run_once(NOW), range(8)))
    assert sum(counts) == len(sender.sent) == 150
    assert {payload["task_id"] for payload, _ in sender.sent} == tasks


def test_a_lost_message_is_found_and_told(database: Database) -> None:
    task_id, sender = ask_for(database), ListedSender()
    Relay(database, sender).run_once(NOW)
    sweeper = Sweeper(database, sender)
    assert [sweeper.run_once(NOW), sweeper.run_once(STUCK), sweeper.run_once(STUCK)] == [0, 1, 0]
    assert Relay(database, sender).run_once(STUCK) == 1
    with database.begin() as session:
        assert story_after(session, task_id, 1)[0].text == "its worker or its message was lost; it is queued again"
        assert take_lease(session, task_id, "worker", STUCK) is not None


def test_while_messages_wait_nothing_is_lost(database: Database) -> None:
    ask_for(database)
    sender = ListedSender()
    Relay(database, sender).run_once(NOW)
    sender.queued = 1
    assert Sweeper(database, sender).run_once(STUCK) == 0


def test_sweepers_side_by_side_find_each_once(database: Database) -> None:
    sender = ListedSender()
    for _ in range(20):
        ask_for(database)
    Relay(database, sender).run_once(NOW)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: Sweeper(database, sender).run_once(STUCK), range(4))) == 20
    with database.read() as session:
        assert len(session.scalars(select(OutboxRow)).all()) == len(session.scalars(select(TaskRow)).all()) == 20
