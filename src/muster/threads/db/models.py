"""The tables. Used by the orchestrator and the worker alone; everybody else asks over HTTP.

Large counts are BigInteger. Times are UTC and aware. What a task holds is changed under its lease alone
(`leasing`), and each change of state is a row of its story (`task_events`).
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_BIG = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only for INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time. SQLite forgets time zones, so all are stored as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: it would be somebody's local one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Names of constraints are the same everywhere, so that a migration finds them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON}  # SQLAlchemy's own form


class TaskRow(Base):
    """A task: what was asked, how far it is, and who works on it."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("asked_by", "idempotency_key"),
        UniqueConstraint("persona_id", "slot_at"),
        Index("ix_tasks_state_updated_at", "state", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    persona_id: Mapped[str] = mapped_column(String(63), index=True)
    task_type: Mapped[str] = mapped_column(String(30))
    request: Mapped[dict[str, Any]]
    """`TaskRequest` as it was asked."""
    request_sha256: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(100))
    """Name of the API key."""
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    correlation_id: Mapped[str] = mapped_column(String(64))
    trace_context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """W3C headers of the request that asked: the worker's spans hang below it."""

    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    needs_approval: Mapped[bool] = mapped_column(Boolean, default=False)
    publish_at: Mapped[datetime | None]
    """Not before."""
    slot_at: Mapped[datetime | None]
    """The persona's slot that it holds; one task a slot."""

    draft: Mapped[dict[str, Any] | None]
    """`Draft`."""
    moderation: Mapped[dict[str, Any] | None]
    """`Moderation` of the draft's words as they stand."""
    twin_post_id: Mapped[int | None] = mapped_column(_BIG)

    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Failures of the step that it stands at."""
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Not before; none: nothing is to be done by itself."""
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    """Of its story."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TaskEventRow(Base):
    """A line of a task's story: `seq` counts from 1 without a gap, given under the lock of the task's row."""

    __tablename__ = "task_events"
    __table_args__ = (UniqueConstraint("task_id", "seq"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OutboxRow(Base):
    """A message to the queue, stored with what it is about. The relay sends it when it is due, then deletes it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    payload: Mapped[dict[str, Any]]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Correlation id and trace context."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class PostRow(Base):
    """What was written for a task, and where it went."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_persona_id_ts", "persona_id", "ts"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), unique=True)
    persona_id: Mapped[str] = mapped_column(String(63))
    hook: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    tokens_used: Mapped[int] = mapped_column(Integer, default=0)
    content_sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the normalised text: `dedup`'s first net."""
    ts: Mapped[datetime]
    media_id: Mapped[str | None] = mapped_column(String(100))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class PublicationRow(Base):
    """The irreversible part, one row a task: what identifies it is stored before it is tried."""

    __tablename__ = "publications"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    container_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    container_at: Mapped[datetime | None]
    containers: Mapped[int] = mapped_column(Integer, default=0)
    """How many were made: one that expired or went wrong is followed by another."""
    tried_at: Mapped[datetime | None]
    """Stored before the one call that publishes; from then on it is looked up, never called again unasked."""
    looked_up: Mapped[int] = mapped_column(Integer, default=0)
    media_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    outcome: Mapped[str] = mapped_column(String(20), default="open")
    """open, published, unknown; `refused`: its container was tried once, and is not out by that; `again`: a person asks
    for the same container once more, which is looked up first."""
    last_error: Mapped[str] = mapped_column(Text, default="")


class CostRow(Base):
    """A call of a model: tokens and dollars, tied to task, persona and service. An unknown price is none."""

    __tablename__ = "cost_entries"
    __table_args__ = (Index("ix_cost_entries_persona_id_at", "persona_id", "at"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    at: Mapped[datetime]
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"), index=True)
    persona_id: Mapped[str] = mapped_column(String(63))
    service: Mapped[str] = mapped_column(String(40))
    phase: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(String(200))
    input_tokens: Mapped[int | None] = mapped_column(Integer)
    output_tokens: Mapped[int | None] = mapped_column(Integer)
    cost_usd: Mapped[float | None] = mapped_column(Float)


class EngagementRow(Base):
    """What a post had reached when it was last looked at; late values update the row."""

    __tablename__ = "engagement"
    __table_args__ = (UniqueConstraint("post_id", "window_h"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    window_h: Mapped[int] = mapped_column(Integer)
    """Hours after it was published."""
    measured_at: Mapped[datetime]
    views: Mapped[int] = mapped_column(_BIG, default=0)
    likes: Mapped[int] = mapped_column(_BIG, default=0)
    replies: Mapped[int] = mapped_column(_BIG, default=0)
    reposts: Mapped[int] = mapped_column(_BIG, default=0)
    quotes: Mapped[int] = mapped_column(_BIG, default=0)
    shares: Mapped[int] = mapped_column(_BIG, default=0)


class AccountRow(Base):
    """A persona's account on the platform, and its token of 60 days, which the worker renews."""

    __tablename__ = "accounts"

    persona_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(100))
    access_token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    updated_at: Mapped[datetime]
