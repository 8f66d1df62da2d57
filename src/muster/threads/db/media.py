"""A media id of the platform belongs to one task."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.threads.db.models import PublicationRow, TaskRow
from muster.threads.db.persona_day import lock_persona


def is_of_another(session: Session, task: TaskRow, media_id: str) -> bool:
    """Whether another task has it. Under the persona's lock until the transaction ends, so that no two take it."""
    lock_persona(session, task.persona_id)
    others = select(PublicationRow.task_id).where(PublicationRow.media_id == media_id)
    return session.scalars(others.where(PublicationRow.task_id != task.id)).first() is not None
