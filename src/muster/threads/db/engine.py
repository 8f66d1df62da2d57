"""One database behind all: PostgreSQL, or SQLite in WAL mode; every piece of work is one transaction."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from muster.core.errors import UnreachableError
from muster.threads.db.pool_counting import count_pool

POOL_SIZE = 10
_WAIT_S = 10


class Database:
    """A pool of connections. Closes with `dispose`; after a fork each process makes its own."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(url)
        self.engine = _make_engine(self.url)
        count_pool(self.engine)

    @property
    def is_sqlite(self) -> bool:
        """SQLite has one writer and no SKIP LOCKED."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Generator[Session]:
        """One transaction that may write: committed at the end of the block, rolled back by an exception.

        Raises UnreachableError where the connection was lost or refused.
        """
        with self._session(self.engine) as session:
            yield session

    @contextmanager
    def read(self) -> Generator[Session]:
        """One transaction that only reads: on SQLite it waits for no writer. Raises as `begin` does."""
        with self._session(self.engine.execution_options(reads=True)) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Generator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            if not _is_gone(error):
                raise
            raise UnreachableError(
                f"the database is away: {str(error.orig).strip().splitlines()[0]}",
                advice="Check DATABASE_URL, and whether it runs there.",
            ) from error

    def ping(self) -> None:
        """Raises UnreachableError where it does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Drop all connections."""
        self.engine.dispose()


def open_database(url: str, home: Path) -> Database:
    """The database of that URL; without one the file of SQLite in the services' folder."""
    return Database(url or sqlite_url(home / "threads.db"))


def sqlite_url(file: Path) -> str:
    """The URL of a file, whose folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"sqlite:///{file}"


def _is_gone(error: DBAPIError) -> bool:
    """PostgreSQL that shuts down, crashed or does not listen; not a constraint that was broken."""
    code = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or code.startswith(("08", "57P")) or _says_no_connection(error)


def _says_no_connection(error: DBAPIError) -> bool:
    said = str(error.orig)
    return any(words in said for words in ("connection failed", "connection refused", "server closed the connection",
                                           "the connection is lost", "connection timeout", "unable to open database",
                                           "the connection is closed"))  # fmt: skip


def _with_driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return f"postgresql+psycopg://{url.removeprefix(prefix)}"
    return url


def _make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url, pool_size=POOL_SIZE, max_overflow=10, pool_pre_ping=True, connect_args={"connect_timeout": 5}
        )
    engine = create_engine(url, connect_args={"timeout": _WAIT_S, "check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """WAL: readers and the writer don't wait for one another. Foreign keys are off unless asked for."""
    connection.isolation_level = None  # pysqlite's own BEGIN comes too late; ours is below
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_WAIT_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: a read that turns into a write can't wait for it later (SQLITE_BUSY)."""
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
