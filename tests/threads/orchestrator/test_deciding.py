from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from muster.core.errors import UsageError
from muster.threads.common.contracts import Draft, Edit, Moderation
from muster.threads.common.platform_text import words_sha256
from muster.threads.common.states import TaskState
from muster.threads.db import deciding
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LeaseLostError, held, take_lease
from muster.threads.db.models import PublicationRow, TaskRow
from muster.threads.db.outbox import waiting_messages
from muster.threads.db.story import WrongStateError, enter, story_after
from muster.threads.db.views import task_view

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VERDICT = Moderation(verdict="allowed", text_sha256=words_sha256("Hook", "Body"))
DRAFT = Draft(hook="Hook", body="Body", text="Hook\n\nBody", moderation=VERDICT)


def a_task(database: Database, state: TaskState, **more: object) -> UUID:
    task_id = uuid4()
    values: dict[str, object] = {
        "needs_approval": state == "deduplicated",
        "next_attempt_at": None,
        "attempts": 0,
        **more,
    }
    with database.begin() as session:
        session.add(
            TaskRow(
                id=task_id, persona_id="ai-elon", task_type="create_post", request={}, request_sha256="0" * 64,
                asked_by="local", correlation_id="c1", trace_context={}, state=state, reason="", last_seq=0,
                draft=DRAFT.model_dump(mode="json"), moderation=VERDICT.model_dump(mode="json"),
                created_at=NOW, updated_at=NOW, **values,
            )
        )  # fmt: skip
    return task_id


def row_of(database: Database, task_id: UUID) -> TaskRow:
    with database.read() as session:
        return session.get_one(TaskRow, task_id)


def test_an_approved_post_goes_on(database: Database) -> None:
    task_id = a_task(database, "deduplicated")
    with database.read() as session:
        view = task_view(session, task_id, NOW)
        assert view is not None
        assert view.waits_for == "approval"
    with database.begin() as session:
        deciding.approve(session, task_id, "anna", NOW, Edit())
        assert waiting_messages(session, NOW) == 1
    row = row_of(database, task_id)
    assert (row.state, row.next_attempt_at, row.moderation is None) == ("approved", NOW, False)
    with database.read() as session:
        assert [(line.kind, line.text) for line in story_after(session, task_id, 0)] == [
            ("operator", "approved by anna")
        ]


def test_edited_words_are_judged_again_and_not_asked_about_again(database: Database) -> None:
    task_id = a_task(database, "deduplicated", twin_post_id=None)
    with database.begin() as session:
        deciding.approve(session, task_id, "anna", NOW, Edit(body="Other"))
    row = row_of(database, task_id)
    draft = Draft.model_validate(row.draft)
    assert (row.state, row.moderation, row.needs_approval) == ("drafted", None, False)
    assert (draft.hook, draft.text) == ("Hook", "Hook\n\nOther")
    assert draft.moderation.text_sha256 != words_sha256(draft.hook, draft.body)


def test_an_edit_that_changes_nothing_is_an_approval(database: Database) -> None:
    task_id = a_task(database, "deduplicated")
    with database.begin() as session:
        assert deciding.approve(session, task_id, "anna", NOW, Edit(hook="Hook")).state == "approved"


def test_words_that_the_platform_would_refuse_change_nothing(database: Database) -> None:
    task_id = a_task(database, "deduplicated")
    with pytest.raises(UsageError, match="505 characters of 500"), database.begin() as session:
        deciding.approve(session, task_id, "anna", NOW, Edit(hook="x" * 499))
    assert row_of(database, task_id).state == "deduplicated"


def test_a_rejected_post_ends_and_frees_its_slot(database: Database) -> None:
    task_id = a_task(database, "deduplicated", slot_at=NOW)
    with database.begin() as session:
        deciding.reject(session, task_id, "anna", NOW, "too loud")
    row = row_of(database, task_id)
    assert (row.state, row.reason, row.slot_at) == ("rejected", "too loud", None)


Decision = Callable[..., TaskRow]


@pytest.mark.parametrize("state", ["queued", "approved", "published", "blocked"])
@pytest.mark.parametrize("decide", [deciding.approve, deciding.reject])
def test_what_waits_for_nobody_is_not_decided(sqlite: Database, state: TaskState, decide: Decision) -> None:
    task_id = a_task(sqlite, state)
    more = Edit() if decide is deciding.approve else ""
    with pytest.raises(WrongStateError), sqlite.begin() as session:
        decide(session, task_id, "anna", NOW, more)


def test_a_cancelled_task_is_nobodys_to_work_on(database: Database) -> None:
    task_id = a_task(database, "queued", next_attempt_at=NOW)
    with database.begin() as session:
        lease = take_lease(session, task_id, "worker", NOW)
    assert lease is not None
    with database.begin() as session:
        deciding.cancel(session, task_id, "anna", NOW, "")
    with pytest.raises(LeaseLostError), held(database, lease, NOW):
        pass


@pytest.mark.parametrize("state", ["container_created", "unknown", "published", "cancelled"])
def test_what_may_be_out_is_not_cancelled(sqlite: Database, state: TaskState) -> None:
    task_id = a_task(sqlite, state)
    with sqlite.begin() as session:
        session.add(PublicationRow(task_id=task_id, container_id="c", tried_at=NOW))
    with pytest.raises(WrongStateError), sqlite.begin() as session:
        deciding.cancel(session, task_id, "anna", NOW, "")


@pytest.mark.parametrize("state", ["queued", "moderated", "approved", "container_created", "unknown"])
def test_a_failed_task_goes_on_where_it_stood(database: Database, state: TaskState) -> None:
    task_id = a_task(database, "failed")
    with database.begin() as session:
        task = session.get_one(TaskRow, task_id)
        task.state = "failed"
        enter(session, task, state, NOW)
        enter(session, task, "failed", NOW)
    with database.begin() as session:
        deciding.retry(session, task_id, "anna", NOW)
        assert waiting_messages(session, NOW) == 1
    row = row_of(database, task_id)
    assert (row.state, row.next_attempt_at, row.attempts) == (state, NOW, 0)


def test_an_unknown_one_is_looked_up_again(database: Database) -> None:
    task_id = a_task(database, "unknown")
    with database.begin() as session:
        session.add(PublicationRow(task_id=task_id, container_id="c", tried_at=NOW, looked_up=9, outcome="unknown"))
    with database.begin() as session:
        deciding.retry(session, task_id, "anna", NOW)
    with database.read() as session:
        publication = session.get_one(PublicationRow, task_id)
        assert (publication.looked_up, publication.outcome, publication.tried_at) == (0, "again", NOW)
    assert row_of(database, task_id).state == "unknown"


def test_a_pause_before_the_next_try_is_cut_short(database: Database) -> None:
    task_id = a_task(database, "queued", attempts=3, next_attempt_at=NOW + timedelta(hours=1))
    with database.read() as session:
        view = task_view(session, task_id, NOW)
        assert view is not None
        assert view.waits_for == "retry"
    with database.begin() as session:
        deciding.retry(session, task_id, "anna", NOW)
    assert row_of(database, task_id).next_attempt_at == NOW


@pytest.mark.parametrize("state", ["published", "blocked", "duplicate", "rejected", "cancelled", "queued"])
def test_nothing_else_is_tried_again(sqlite: Database, state: TaskState) -> None:
    task_id = a_task(sqlite, state)
    with pytest.raises(WrongStateError), sqlite.begin() as session:
        deciding.retry(session, task_id, "anna", NOW)


def test_a_worker_at_work_is_not_disturbed_by_a_retry(database: Database) -> None:
    task_id = a_task(database, "container_created", attempts=1, next_attempt_at=NOW)
    with database.begin() as session:
        take_lease(session, task_id, "worker", NOW)
    with pytest.raises(WrongStateError, match="right now"), database.begin() as session:
        deciding.retry(session, task_id, "anna", NOW)
