from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import StatementError

from muster.core.errors import UnreachableError
from muster.threads.db.engine import Database, sqlite_url
from muster.threads.db.models import AccountRow


def test_a_database_that_does_not_listen_is_away() -> None:
    with pytest.raises(UnreachableError, match="the database is away"):
        Database("postgresql://postgres@127.0.0.1:1/none").ping()


def test_a_folder_that_is_none_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError):
        Database(f"sqlite:///{tmp_path}/file/threads.db").ping()


def test_a_reader_does_not_wait_for_the_writer(sqlite: Database) -> None:
    with sqlite.begin() as writing:
        writing.connection()
        reader = Thread(target=sqlite.ping)
        reader.start()
        reader.join(5)
        assert not reader.is_alive()


def test_a_naive_time_is_refused(sqlite: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    row = AccountRow(persona_id="a", user_id="1", access_token="t", expires_at=naive, updated_at=naive)
    with sqlite.begin() as session:
        session.add(row)
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()
        session.rollback()


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    Database(sqlite_url(tmp_path / "deep" / "threads.db")).ping()
    assert (tmp_path / "deep" / "threads.db").exists()
