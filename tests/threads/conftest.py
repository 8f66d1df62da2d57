"""Databases of the content services: SQLite for every test, PostgreSQL where the marker `services` asks for it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from muster.threads.db import migrating
from muster.threads.db.engine import Database, sqlite_url

POSTGRES = os.environ.get("MUSTER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def no_service(reason: str) -> None:
    """A machine without it skips, CI fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "threads.db"))
    yield database
    database.dispose()


@pytest.fixture
def empty_postgres() -> Iterator[Database]:
    """A database of its own on the server, dropped afterwards."""
    name = f"muster_{uuid4().hex}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
            server.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        no_service(f"no PostgreSQL at MUSTER_TEST_POSTGRES: {error}")
    database = Database(POSTGRES.rpartition("/")[0] + f"/{name}")
    yield database
    database.dispose()
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def rabbitmq() -> Iterator[str]:
    """A virtual host of its own: workers of other tests don't take its messages."""
    name = f"muster_{uuid4().hex}"
    try:
        for command in (["add_vhost", name], ["set_permissions", "-p", name, "guest", ".*", ".*", ".*"]):
            subprocess.run(["rabbitmqctl", *command], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        no_service(f"no RabbitMQ: {error}")
    yield f"amqp://guest:guest@127.0.0.1:5672/{name}"
    subprocess.run(["rabbitmqctl", "delete_vhost", name], check=True, capture_output=True, timeout=60)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def empty_database(request: pytest.FixtureRequest) -> Database:
    return request.getfixturevalue(f"empty_{request.param}")


@pytest.fixture
def database(empty_database: Database) -> Database:
    """With all tables, once on SQLite and once on PostgreSQL."""
    migrating.upgrade(empty_database)
    return empty_database


@pytest.fixture
def sqlite(empty_sqlite: Database) -> Database:
    """With all tables."""
    migrating.upgrade(empty_sqlite)
    return empty_sqlite
