"""A media id of the platform belongs to one task."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.threads.db.models import PublicationRow, TaskRow
from muster.threads.db.persona_day import lock_persona


def first_free(session: Session, task_id: UUID, media_ids: Sequence[str]) -> str | None:
    """The first that no other task has."""
    others = select(PublicationRow.media_id).where(PublicationRow.task_id != task_id)
    held = set(session.scalars(others.where(PublicationRow.media_id.in_(media_ids))))
    return next((media_id for media_id in media_ids if media_id not in held), None)


def is_of_another(session: Session, task: TaskRow, media_id: str) -> bool:
    """Whether another task has it. Under the persona's lock until the transaction ends, so that no two take it."""
    lock_persona(session, task.persona_id)
    return first_free(session, task.id, (media_id,)) is None
