from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muster.core.errors import SettingsError
from muster.threads.celery_worker.publishing.accounts_file import take_accounts
from muster.threads.db.accounts import account_of, put_account
from muster.threads.db.engine import Database

ENDS = datetime(2027, 1, 19, 12, 0, tzinfo=UTC)
TOKEN = "THQVJ-plainly-a-secret-token"
FILE = f"ai-jesus: {{user_id: '26123', access_token: {TOKEN}, expires_at: 2027-01-19T12:00:00Z}}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(FILE)
    return path


def token_in(database: Database) -> str:
    with database.read() as session:
        row = account_of(session, "ai-jesus")
    assert row is not None
    return row.access_token


def test_accounts_are_taken_from_the_file(sqlite: Database, file: Path) -> None:
    take_accounts(sqlite, file)
    take_accounts(sqlite, file)
    assert token_in(sqlite) == TOKEN


@pytest.mark.parametrize(("days", "stays"), [(1, True), (-1, False)])
def test_the_token_that_ends_later_wins(sqlite: Database, file: Path, days: int, stays: bool) -> None:
    with sqlite.begin() as session:
        put_account(session, "ai-jesus", user_id="26123", access_token="renewed-since",
                    expires_at=ENDS + timedelta(days=days), now=ENDS)  # fmt: skip
    take_accounts(sqlite, file)
    assert token_in(sqlite) == ("renewed-since" if stays else TOKEN)


def test_another_account_wins(sqlite: Database, file: Path) -> None:
    with sqlite.begin() as session:
        put_account(session, "ai-jesus", user_id="1", access_token="of-the-fake",
                    expires_at=ENDS + timedelta(days=30), now=ENDS)  # fmt: skip
    take_accounts(sqlite, file)
    assert token_in(sqlite) == TOKEN


@pytest.mark.parametrize(
    "text", ["- a", f"ai-jesus: {{access_token: {TOKEN}}}", FILE.replace("26123", "me"), FILE + "  x: {", "\xff"]
)
def test_a_file_that_is_none_is_refused_without_quoting_a_token(sqlite: Database, file: Path, text: str) -> None:
    file.write_text(text, encoding="latin-1")
    with pytest.raises(SettingsError) as caught:
        take_accounts(sqlite, file)
    assert str(file) in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_missing_file_is_told(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="THREADS_ACCOUNTS can't be read: FileNotFoundError"):
        take_accounts(sqlite, tmp_path / "none.yaml")
