"""A person decides about a task: each decision is one transaction, told in the story with who decided.

Whoever works on the task meanwhile loses its lease, and writes nothing more.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.core.errors import UsageError
from muster.threads.common.contracts import Draft, Edit, Settlement
from muster.threads.common.platform_text import compose, platform_problems
from muster.threads.common.states import ENDED, TaskState
from muster.threads.db.media import is_of_another
from muster.threads.db.models import PostRow, PublicationRow, TaskEventRow, TaskRow
from muster.threads.db.outbox import enqueue
from muster.threads.db.story import WrongStateError, enter, locked_task, tell


class NoSuchTaskError(Exception):
    """There is no task of that id."""


def cancel(session: Session, task_id: UUID, who: str, now: datetime, reason: str) -> TaskRow:
    """Stop it, while its publication was not tried. Raises NoSuchTaskError, WrongStateError."""
    task = _taken(session, task_id)
    publication = session.get(PublicationRow, task_id)
    if publication is not None and publication.tried_at is not None:
        raise WrongStateError("its publication was tried: it may be out")
    enter(session, task, "cancelled", now, _told(f"cancelled by {who}", reason), kind="operator")
    return _ended(task, reason or f"cancelled by {who}")


def reject(session: Session, task_id: UUID, who: str, now: datetime, reason: str) -> TaskRow:
    """Say no to a post that waits for approval. Raises NoSuchTaskError, WrongStateError."""
    task = _waiting_for_approval(session, task_id)
    enter(session, task, "rejected", now, _told(f"rejected by {who}", reason), kind="operator")
    return _ended(task, reason or f"rejected by {who}")


def approve(session: Session, task_id: UUID, who: str, now: datetime, edit: Edit) -> TaskRow:
    """Say yes to a post that waits for it. Other words are judged and compared again, then published without a second
    question. Raises NoSuchTaskError, WrongStateError, UsageError for words that the platform would refuse."""
    task = _waiting_for_approval(session, task_id)
    task.needs_approval = False
    if _edit(session, task, edit):
        enter(session, task, "drafted", now, f"edited and approved by {who}", kind="operator")
    else:
        enter(session, task, "approved", now, f"approved by {who}", kind="operator")
    return _go_on(session, task, now)


def retry(session: Session, task_id: UUID, who: str, now: datetime) -> TaskRow:
    """Go on with a task that failed where it stood, look an unknown one up again, or don't wait for the next try.

    Raises NoSuchTaskError, WrongStateError.
    """
    task = _held_by_nobody(session, task_id, now)
    if task.state == "failed":
        stood_at = _stood_at(session, task_id)
        _allow_containers(session, task_id)
        if stood_at == "unknown":
            _look_up_again(session, task_id)
        enter(session, task, stood_at, now, f"tried again by {who}, from {stood_at}", kind="operator")
    elif task.state == "unknown":
        _look_up_again(session, task_id)
        tell(session, task, now, "operator", f"{who} asks for another look at the platform")
    elif task.state not in ENDED and task.attempts > 0:
        tell(session, task, now, "operator", f"{who} does not wait for the next try")
    else:
        raise WrongStateError(f"a task that is {task.state} has nothing to be tried again")
    return _go_on(session, task, now)


def settle(session: Session, task_id: UUID, who: str, now: datetime, said: Settlement) -> TaskRow:
    """What became of an unknown post, as a person saw it. One that is not out has failed; a retry looks up first.

    Raises NoSuchTaskError, WrongStateError, UsageError for a media id that another task has.
    """
    task = _taken(session, task_id)
    if task.state != "unknown":
        raise WrongStateError(f"a task that is {task.state} has nothing to be settled")
    if not said.published:
        enter(session, task, "failed", now, f"not published, says {who}", kind="operator")
        return _ended(task, f"not published, says {who}")
    if said.media_id is not None and is_of_another(session, task, said.media_id):
        raise UsageError(f"{said.media_id} is the media id of another task", advice="Look it up on the platform.")
    _store_publication(session, task_id, said.media_id)
    enter(session, task, "published", now, f"published, says {who}", kind="operator", data={"media_id": said.media_id})
    return _ended(task, f"published, says {who}")


def _store_publication(session: Session, task_id: UUID, media_id: str | None) -> None:
    publication = session.get_one(PublicationRow, task_id)
    publication.media_id, publication.outcome = media_id, "published"
    post = session.scalars(select(PostRow).where(PostRow.task_id == task_id)).one()
    post.media_id, post.published_at = media_id, publication.tried_at or publication.container_at


def _taken(session: Session, task_id: UUID) -> TaskRow:
    task = locked_task(session, task_id)
    if task is None:
        raise NoSuchTaskError
    task.lease_owner, task.lease_until = None, None
    return task


def _held_by_nobody(session: Session, task_id: UUID, now: datetime) -> TaskRow:
    task = locked_task(session, task_id)
    if task is not None and task.lease_until is not None and task.lease_until > now:
        raise WrongStateError("a worker is at it right now")
    return _taken(session, task_id)


def _waiting_for_approval(session: Session, task_id: UUID) -> TaskRow:
    task = _taken(session, task_id)
    if not (task.state == "deduplicated" and task.needs_approval):
        raise WrongStateError(f"a task that is {task.state} does not wait for approval")
    return task


def _ended(task: TaskRow, reason: str) -> TaskRow:
    """Nothing is to be done any more."""
    task.reason, task.next_attempt_at = reason, None
    return task


def _go_on(session: Session, task: TaskRow, now: datetime) -> TaskRow:
    task.attempts, task.next_attempt_at = 0, now
    enqueue(session, task, now)
    return task


def _edit(session: Session, task: TaskRow, edit: Edit) -> bool:
    """Whether the words are others now. The verdict on the old ones is dropped; the worker, which judges the new ones,
    writes them into the post's row."""
    before = Draft.model_validate(task.draft)
    hook, body = edit.hook or before.hook, edit.body or before.body
    if (hook, body) == (before.hook, before.body):
        return False
    text = compose(hook, body)
    if problems := platform_problems(text):
        raise UsageError(f"the platform would refuse it: {'; '.join(problems)}", advice="Shorten it.")
    draft = before.model_copy(update={"hook": hook, "body": body, "text": text})
    task.draft, task.moderation, task.twin_post_id = draft.model_dump(mode="json"), None, None
    return True


def _stood_at(session: Session, task_id: UUID) -> TaskState:
    """Where it was before it failed: its story knows."""
    before = select(TaskEventRow.state).where(TaskEventRow.task_id == task_id, TaskEventRow.state != "failed")
    return cast(TaskState, session.scalars(before.order_by(TaskEventRow.seq.desc()).limit(1)).one())


def _allow_containers(session: Session, task_id: UUID) -> None:
    """As many again as at first: those that the platform spoilt are no reason to fail any more."""
    if (publication := session.get(PublicationRow, task_id)) is not None:
        publication.containers = 0


def _look_up_again(session: Session, task_id: UUID) -> None:
    """`again`: the worker looks up first, and may publish the same container where the platform says it is not out."""
    if (publication := session.get(PublicationRow, task_id)) is not None:
        publication.looked_up, publication.outcome = 0, "again"


def _told(what: str, reason: str) -> str:
    return f"{what}: {reason}" if reason else what
