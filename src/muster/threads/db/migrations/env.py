"""Alembic's entry: runs on the connection that `migrating` hands over."""

from alembic import context
from sqlalchemy import Connection, text

from muster.threads.db.models import Base

_LOCK = 7_482_113
"""Of PostgreSQL's advisory locks: two that start at once migrate one after the other."""

connection: Connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
