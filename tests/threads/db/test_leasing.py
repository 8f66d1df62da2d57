from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from muster.threads.common.states import TaskState
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LEASE_S, LeaseLostError, held, let_go, stuck_tasks, take_lease
from muster.threads.db.models import TaskRow
from muster.threads.db.outbox import take_due, waiting_messages
from muster.threads.db.story import WrongStateError, enter, locked_task, story_after, tell

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=LEASE_S + 1)


def a_task(database: Database, *, state: TaskState = "queued", due: datetime | None = NOW) -> UUID:
    task_id = uuid4()
    with database.begin() as session:
        session.add(
            TaskRow(
                id=task_id, persona_id="ai-jesus", task_type="create_post", request={}, request_sha256="0" * 64,
                asked_by="local", correlation_id="c1", trace_context={}, state=state, next_attempt_at=due,
                created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
    return task_id


def test_a_task_is_leased_once(database: Database) -> None:
    task_id = a_task(database)
    with database.begin() as session:
        assert take_lease(session, task_id, "one", NOW) is not None
    with database.begin() as session:
        assert take_lease(session, task_id, "two", NOW) is None


def test_a_dead_workers_lease_runs_out(database: Database) -> None:
    task_id = a_task(database)
    with database.begin() as session:
        lost = take_lease(session, task_id, "one", NOW)
    with database.begin() as session:
        assert take_lease(session, task_id, "two", LATER) is not None
    assert lost is not None
    with pytest.raises(LeaseLostError), held(database, lost, LATER):
        pass


def test_who_meets_a_lease_has_one_message_sent_when_it_runs_out(database: Database) -> None:
    lease = leased(database, a_task(database))
    for owner in ("two", "three"):
        with database.begin() as session:
            assert take_lease(session, lease.task_id, owner, NOW) is None
    runs_out = NOW + timedelta(seconds=LEASE_S)
    with database.begin() as session:
        assert take_due(session, runs_out - timedelta(seconds=1), 10) == []
        assert len(take_due(session, runs_out, 10)) == 1
        assert take_lease(session, lease.task_id, "two", runs_out) is not None


@pytest.mark.parametrize(("state", "due"), [("published", NOW), ("queued", None), ("queued", LATER)])
def test_there_is_no_lease_where_nothing_is_to_be_done(database: Database, state: TaskState, due: datetime) -> None:
    task_id = a_task(database, state=state, due=due)
    with database.begin() as session:
        assert take_lease(session, task_id, "one", NOW) is None
        assert take_lease(session, uuid4(), "one", NOW) is None


def test_what_is_let_go_is_looked_at_again_when_it_is_due(database: Database) -> None:
    lease = leased(database, a_task(database))
    with held(database, lease, NOW) as (session, task):
        let_go(session, task, NOW, again_at=LATER)
    with database.begin() as session:
        assert take_due(session, NOW, 10) == []
        (message,) = take_due(session, LATER, 10)
        assert message.payload == {"version": 1, "task_id": str(lease.task_id)}
        assert message.headers["correlation_id"] == "c1"
        assert waiting_messages(session, LATER) == 1
        assert take_lease(session, lease.task_id, "two", NOW) is None
        assert take_lease(session, lease.task_id, "two", LATER) is not None


def test_a_task_whose_message_was_lost_is_found(database: Database) -> None:
    lost = a_task(database)
    a_task(database, due=LATER)
    a_task(database, state="blocked")
    worked_on = a_task(database)
    with database.begin() as session:
        take_lease(session, worked_on, "one", LATER)
    with database.begin() as session:
        assert [task.id for task in stuck_tasks(session, LATER, 10)] == [lost]
        assert stuck_tasks(session, NOW, 10) == []


def test_the_story_has_no_gap_and_is_read_from_anywhere(database: Database) -> None:
    lease = leased(database, a_task(database))
    with held(database, lease, NOW) as (session, task):
        enter(session, task, "drafted", NOW, "written", data={"tokens": 3})
        tell(session, task, NOW, "note", "password=hunter2secret")
    with database.read() as session:
        first, second = story_after(session, lease.task_id, 0)
        assert (first.seq, first.state, first.text, first.data) == (1, "drafted", "written", {"tokens": 3})
        assert "hunter2secret" not in second.text
        assert story_after(session, lease.task_id, 1) == [second]


def test_a_step_can_not_be_left_out(database: Database) -> None:
    task_id = a_task(database)
    with database.begin() as session:
        task = locked_task(session, task_id)
        assert task is not None
        with pytest.raises(WrongStateError, match="queued can't become published"):
            enter(session, task, "published", NOW)


@pytest.mark.parametrize(("state", "kept"), [("drafted", True), ("failed", False)])
def test_what_ends_unpublished_gives_its_slot_back(database: Database, state: TaskState, kept: bool) -> None:
    lease = leased(database, a_task(database))
    with held(database, lease, NOW) as (session, task):
        task.slot_at = LATER
        enter(session, task, state, NOW)
        assert (task.slot_at is not None) == kept


def test_what_was_not_committed_is_not_there(database: Database) -> None:
    lease = leased(database, a_task(database))
    with suppress(RuntimeError), held(database, lease, NOW) as (session, task):
        enter(session, task, "drafted", NOW)
        raise RuntimeError
    with database.read() as session:
        assert story_after(session, lease.task_id, 0) == []


def leased(database: Database, task_id: UUID):
    with database.begin() as session:
        lease = take_lease(session, task_id, "one", NOW)
    assert lease is not None
    return lease
