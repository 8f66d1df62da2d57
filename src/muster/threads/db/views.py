"""Tasks and posts as the API shows them, a page at a time, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from muster.threads.common.contracts import Draft, PostView, TaskEvent, TaskView
from muster.threads.common.states import ENDED, TaskState
from muster.threads.db.models import PostRow, TaskEventRow, TaskRow
from muster.threads.db.story import as_event

_COPIED = (
    "id", "persona_id", "task_type", "state", "reason", "twin_post_id", "publish_at", "attempts", "correlation_id",
    "last_seq", "created_at", "updated_at",
)  # fmt: skip
_ASKED = ("topic", "pain_statement", "trend_snippet")
_WRITTEN = ("hook", "body", "text")
Wait = Literal["", "approval", "time", "retry", "lookup", "person"]


@dataclass(frozen=True)
class Place:
    """Of the last task of a page."""

    created_at: datetime
    task_id: UUID


def task_view(session: Session, task_id: UUID, now: datetime) -> TaskView | None:
    """A task; None where there is none."""
    views = _task_views(session, select(TaskRow).where(TaskRow.id == task_id), now)
    return views[0] if views else None


def tasks_page(
    session: Session, now: datetime, *, state: TaskState | None, persona_id: str | None, after: Place | None, most: int
) -> Sequence[TaskView]:
    """Tasks after a place."""
    asked = select(TaskRow).order_by(TaskRow.created_at.desc(), TaskRow.id.desc()).limit(most)
    if state is not None:
        asked = asked.where(TaskRow.state == state)
    if persona_id is not None:
        asked = asked.where(TaskRow.persona_id == persona_id)
    if after is not None:
        older = and_(TaskRow.created_at == after.created_at, TaskRow.id < after.task_id)
        asked = asked.where(or_(TaskRow.created_at < after.created_at, older))
    return _task_views(session, asked, now)


def posts_page(session: Session, *, persona_id: str | None, before_id: int | None, most: int) -> Sequence[PostView]:
    """Posts of lower ids."""
    asked = select(PostRow).order_by(PostRow.id.desc()).limit(most)
    if persona_id is not None:
        asked = asked.where(PostRow.persona_id == persona_id)
    if before_id is not None:
        asked = asked.where(PostRow.id < before_id)
    return [_post_view(row) for row in session.scalars(asked)]


def place_in_story(session: Session, task_id: UUID) -> tuple[int, bool] | None:
    """The number of its last line, and whether it ended; None where there is no such task."""
    row = session.execute(select(TaskRow.last_seq, TaskRow.state).where(TaskRow.id == task_id)).one_or_none()
    return None if row is None else (row.last_seq, row.state in ENDED)


@dataclass(frozen=True)
class Grown:
    """A task's story after a place; `ended`: these lines are its last."""

    lines: Sequence[TaskEvent]
    ended: bool


def grown_stories(session: Session, places: Mapping[UUID, int], *, most: int = 5000) -> Mapping[UUID, Grown]:
    """What was added to each story after its place: two questions, however many there are. It may be cut short."""
    asked = select(TaskRow.id, TaskRow.last_seq, TaskRow.state).where(TaskRow.id.in_(places))
    tasks = {row.id: row for row in session.execute(asked)}
    grown = {row.id: places[row.id] for row in tasks.values() if row.last_seq > places[row.id]}
    lines = _lines_after(session, grown, most)
    found: dict[UUID, Grown] = {}
    for row in tasks.values():
        told = lines.get(row.id, [])
        is_told = (told[-1].seq if told else places[row.id]) >= row.last_seq
        found[row.id] = Grown(told, is_told and row.state in ENDED)
    return found


def _lines_after(session: Session, places: Mapping[UUID, int], most: int) -> Mapping[UUID, list[TaskEvent]]:
    if not places:
        return {}
    newer = TaskEventRow.task_id.in_(places), TaskEventRow.seq > min(places.values())
    asked = select(TaskEventRow).where(*newer).order_by(TaskEventRow.task_id, TaskEventRow.seq).limit(most)
    found: dict[UUID, list[TaskEvent]] = {}
    for row in session.scalars(asked):
        if row.seq > places[row.task_id]:
            found.setdefault(row.task_id, []).append(as_event(row))
    return found


def _task_views(session: Session, asked: Select[TaskRow], now: datetime) -> list[TaskView]:
    tasks = session.scalars(asked).all()
    of_them = select(PostRow).where(PostRow.task_id.in_([task.id for task in tasks]))
    posts = {post.task_id: post for post in session.scalars(of_them)}
    return [_task_view(task, posts.get(task.id), now) for task in tasks]


def _task_view(task: TaskRow, post: PostRow | None, now: datetime) -> TaskView:
    draft: dict[str, Any] = task.draft or {}
    return TaskView.model_validate(
        {name: getattr(task, name) for name in _COPIED}
        | {name: task.request.get(name, "") for name in _ASKED}
        | {name: draft.get(name, "") for name in _WRITTEN}
        | {"waits_for": _waits_for(task, now)}
        | {"cost_usd": Draft.model_validate(task.draft).cost_usd if task.draft else None}
        | {"post_id": post and post.id, "media_id": post and post.media_id}
    )


def _waits_for(task: TaskRow, now: datetime) -> Wait:
    if task.state in ENDED:
        return ""
    if task.state == "unknown":
        return "person" if task.next_attempt_at is None else "lookup"
    if task.next_attempt_at is None:
        return "approval" if task.state == "deduplicated" else ""
    if task.next_attempt_at <= now:
        return ""
    return "retry" if task.attempts else "time"


def _post_view(post: PostRow) -> PostView:
    return PostView.model_validate({name: getattr(post, name) for name in PostView.model_fields})
