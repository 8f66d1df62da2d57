"""The tables of the content services."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("engagement", "task_events", "publications", "posts", "outbox", "cost_entries", "accounts", "tasks")


def upgrade() -> None:
    """All of them."""
    _create_tasks()
    _create_story()
    _create_posts()
    _create_publications()
    _create_figures()


def downgrade() -> None:
    """None of them; indexes go with their table."""
    for table in TABLES:
        op.drop_table(table)


def _task_id(*, nullable: bool = False) -> sa.Column[object]:
    return sa.Column("task_id", sa.Uuid(), nullable=nullable)


def _of_a_task(table: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=f"fk_{table}_task_id_tasks", ondelete=ondelete)


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.String(63), nullable=False),
        sa.Column("task_type", sa.String(30), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("trace_context", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        *(sa.Column(name, TIME) for name in ("publish_at", "slot_at")),
        *(sa.Column(name, sa.JSON()) for name in ("draft", "moderation")),
        sa.Column("twin_post_id", BIG),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME),
        sa.Column("lease_owner", sa.String(100)),
        sa.Column("lease_until", TIME),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        *(sa.Column(name, TIME, nullable=False) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("asked_by", "idempotency_key", name="uq_tasks_asked_by_idempotency_key"),
        sa.UniqueConstraint("persona_id", "slot_at", name="uq_tasks_persona_id_slot_at"),
    )
    op.create_index("ix_tasks_next_attempt_at", "tasks", ["next_attempt_at"])
    op.create_index("ix_tasks_persona_id", "tasks", ["persona_id"])
    op.create_index("ix_tasks_state_updated_at", "tasks", ["state", "updated_at"])


def _create_story() -> None:
    op.create_table(
        "task_events",
        sa.Column("id", BIG, nullable=False),
        _task_id(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        *(sa.Column(name, sa.String(20), nullable=False) for name in ("kind", "state")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        _of_a_task("task_events"),
        sa.PrimaryKeyConstraint("id", name="pk_task_events"),
        sa.UniqueConstraint("task_id", "seq", name="uq_task_events_task_id_seq"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        _task_id(),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("payload", "headers")),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        _of_a_task("outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
    op.create_index("ix_outbox_task_id", "outbox", ["task_id"])


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", BIG, nullable=False),
        _task_id(),
        sa.Column("persona_id", sa.String(63), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("hook", "body", "text")),
        sa.Column("tokens_used", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("ts", TIME, nullable=False),
        sa.Column("media_id", sa.String(100)),
        sa.Column("published_at", TIME),
        _of_a_task("posts"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("task_id", name="uq_posts_task_id"),
    )
    op.create_index("ix_posts_content_sha256", "posts", ["content_sha256"])
    op.create_index("ix_posts_persona_id_ts", "posts", ["persona_id", "ts"])
    op.create_index("ix_posts_published_at", "posts", ["published_at"])


def _create_publications() -> None:
    op.create_table(
        "publications",
        _task_id(),
        sa.Column("container_id", sa.String(100)),
        *(sa.Column(name, TIME) for name in ("container_at", "tried_at")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("containers", "looked_up")),
        sa.Column("media_id", sa.String(100)),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        _of_a_task("publications"),
        sa.PrimaryKeyConstraint("task_id", name="pk_publications"),
        sa.UniqueConstraint("container_id", name="uq_publications_container_id"),
        sa.UniqueConstraint("media_id", name="uq_publications_media_id"),
    )
    op.create_table(
        "accounts",
        sa.Column("persona_id", sa.String(63), nullable=False),
        sa.Column("user_id", sa.String(100), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        *(sa.Column(name, TIME, nullable=False) for name in ("expires_at", "updated_at")),
        sa.PrimaryKeyConstraint("persona_id", name="pk_accounts"),
    )


def _create_figures() -> None:
    op.create_table(
        "cost_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _task_id(nullable=True),
        sa.Column("persona_id", sa.String(63), nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("input_tokens", "output_tokens")),
        sa.Column("cost_usd", sa.Float()),
        _of_a_task("cost_entries", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_cost_entries"),
    )
    op.create_index("ix_cost_entries_persona_id_at", "cost_entries", ["persona_id", "at"])
    op.create_index("ix_cost_entries_task_id", "cost_entries", ["task_id"])
    op.create_table(
        "engagement",
        *(sa.Column(name, BIG, nullable=False) for name in ("id", "post_id")),
        sa.Column("window_h", sa.Integer(), nullable=False),
        sa.Column("measured_at", TIME, nullable=False),
        *(sa.Column(n, BIG, nullable=False) for n in ("views", "likes", "replies", "reposts", "quotes", "shares")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_engagement_post_id_posts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_engagement"),
        sa.UniqueConstraint("post_id", "window_h", name="uq_engagement_post_id_window_h"),
    )
