"""What a persona has spent and posted since a time, and the lock under which it is counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session

from muster.threads.db.models import CostRow, PostRow, PublicationRow, TaskRow


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
    """How many posts are out since then, or may be: those about to be published, and the unknown ones that were tried
    since then."""
    tried_at = func.coalesce(PublicationRow.tried_at, PublicationRow.container_at)
    unknown = and_(TaskRow.state == "unknown", tried_at >= since)
    counted = or_(PostRow.published_at >= since, TaskRow.state == "container_created", unknown)
    posts = select(func.count()).select_from(PostRow).join(TaskRow, TaskRow.id == PostRow.task_id)
    posts = posts.outerjoin(PublicationRow, PublicationRow.task_id == PostRow.task_id)
    return session.scalar(posts.where(PostRow.persona_id == persona_id, PostRow.task_id != besides, counted)) or 0
