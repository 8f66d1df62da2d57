from sqlalchemy import inspect

from muster.threads.db import migrating
from muster.threads.db.engine import Database
from muster.threads.db.models import Base


def test_there_is_one_head() -> None:
    assert migrating.heads() == ("0001",)


def test_an_empty_database_is_brought_to_the_models(empty_database: Database) -> None:
    migrating.upgrade(empty_database)
    assert migrating.current(empty_database) == "0001"
    assert migrating.differences(empty_database) == []


def test_twice_is_as_once(database: Database) -> None:
    migrating.upgrade(database)
    assert migrating.differences(database) == []


def test_it_can_be_taken_back(database: Database) -> None:
    migrating.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


def test_a_missing_column_would_be_told(database: Database) -> None:
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE posts DROP COLUMN text")
    assert any("text" in one for one in migrating.differences(database))


def test_every_table_is_made_by_a_migration(database: Database) -> None:
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
