"""The vectors in a folder: qdrant-client's local mode, one process and one operation at a time."""

import fcntl
import sqlite3
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from pickle import PickleError

from qdrant_client.http import models
from qdrant_client.local.qdrant_local import QdrantLocal

from muster.core.errors import SourceError, UsageError


class VectorFolder:
    """Owns the folder until it is closed. Raises UsageError where another process does, SourceError for damaged files.

    Nothing waits for the disk: after a loss of power the last seconds may be missing, after a kill nothing is.
    """

    def __init__(self, folder: Path) -> None:
        self._turn = threading.Lock()
        with ExitStack() as opened:
            opened.enter_context(_owned(folder))
            self._local = _open(folder)
            for name in self._local.collections:
                self._hasten(name)
            opened.callback(self._local.close)
            self._opened = opened.pop_all()

    @contextmanager
    def turn(self) -> Generator[QdrantLocal]:
        """For one operation: local mode knows no threads."""
        with self._turn:
            yield self._local

    def create(self, name: str, wanted: models.CreateCollection) -> bool:
        """A new collection. Raises ValueError for a name that is taken or none."""
        with self._turn:
            created = self._local.create_collection(name, wanted.vectors, wanted.sparse_vectors, wanted.metadata)
            self._hasten(name)
            return created

    def close(self) -> None:
        """Let go of the folder."""
        with self._turn:
            self._opened.close()

    def _hasten(self, name: str) -> None:
        """It commits point by point: 16 ms each by SQLite's defaults, 0.1 ms so."""
        storage = self._local.collections[name].storage
        if storage is not None:
            storage.storage.execute("PRAGMA journal_mode = WAL")
            storage.storage.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def _owned(folder: Path) -> Generator[None]:
    """A lock of our own: local mode's is taken only after it has read everything."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "owner.lock").open("w") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"the vectors in {folder} are in use by another process",
                advice="Name its address in QDRANT_URL, or stop it.",
            ) from error
        yield


def _open(folder: Path) -> QdrantLocal:
    try:
        return QdrantLocal(str(folder), force_disable_check_same_thread=True)
    except (ValueError, LookupError, TypeError, EOFError, OSError, RuntimeError, sqlite3.Error, PickleError) as error:
        raise SourceError(
            f"the vectors in {folder} can't be read: {error}", advice="Move the folder away to begin anew."
        ) from error
