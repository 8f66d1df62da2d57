"""What a persona has spent and posted since a time, and the lock under which it is counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session

from muster.threads.db.models import CostRow, PostRow, TaskRow

IN_FLIGHT = ("container_created", "unknown")
"""May be out at any moment: they take a place of the day."""


def lock_persona(session: Session, persona_id: str) -> None:
    """One transaction of a persona at a time, until it ends (SQLite has one writer anyway). Taken after the task's
    own row, which nobody else wants meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:persona, 0))"), {"persona": persona_id})


def spent_since(session: Session, persona_id: str, since: datetime) -> float:
    """US dollars, as far as prices are known."""
    spent = select(func.sum(CostRow.cost_usd)).where(CostRow.persona_id == persona_id, CostRow.at >= since)
    return session.scalar(spent) or 0.0


def posts_since(session: Session, persona_id: str, since: datetime, *, besides: UUID) -> int:
    """How many posts are out since then, or may be at any moment."""
    counted = or_(PostRow.published_at >= since, and_(PostRow.published_at.is_(None), TaskRow.state.in_(IN_FLIGHT)))
    posts = select(func.count()).select_from(PostRow).join(TaskRow, TaskRow.id == PostRow.task_id)
    return session.scalar(posts.where(PostRow.persona_id == persona_id, PostRow.task_id != besides, counted)) or 0
