"""What `threads db` does: the database's shape, brought up, taken back and checked."""

import sys

from alembic.util.exc import CommandError

from muster.core.errors import UsageError, WorkFailedError
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db import migrating
from muster.threads.db.engine import Database, open_database


def upgrade_database(settings: ThreadsSettings) -> str | None:
    """Bring the database of the settings to the last revision, which is given. Raises UnreachableError."""
    database = _opened(settings)
    try:
        database.ping()
        migrating.upgrade(database)
        return migrating.current(database)
    finally:
        database.dispose()


def upgrade() -> None:
    """Bring it to the last revision."""
    _say(f"the database is at {upgrade_database(_settings())}")


def downgrade(revision: str) -> None:
    """Take it back to a revision; `base` removes every table, and what is in it. Raises UsageError for one that is
    none."""
    database = _opened(_settings())
    try:
        database.ping()
        migrating.downgrade(database, revision)
        _say(f"the database is at {migrating.current(database) or 'base'}")
    except CommandError as error:
        raise UsageError(f"{revision} is no revision: {error}", advice="`base` removes every table.") from error
    finally:
        database.dispose()


def check() -> None:
    """Compare it with what this version wants. Raises WorkFailedError where they differ."""
    database = _opened(_settings())
    try:
        database.ping()
        at, (head,) = migrating.current(database), migrating.heads()
        if at != head:
            raise WorkFailedError(f"the database is at {at or 'base'}, not at {head}", advice="threads db upgrade")
        if found := migrating.differences(database):
            raise WorkFailedError(
                "the database is not as its revision says:\n" + "\n".join(f"  {one}" for one in found)
            )
        _say(f"the database is at {at}, and as it should be")
    finally:
        database.dispose()


def _settings() -> ThreadsSettings:
    settings = load_settings(ThreadsSettings)
    set_up_logs(settings)
    return settings


def _opened(settings: ThreadsSettings) -> Database:
    return open_database(settings.database_url, settings.threads_home)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
