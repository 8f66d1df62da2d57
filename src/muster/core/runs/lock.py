"""One process at a time works on a run: an advisory lock that the system drops when its holder dies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from muster.core.errors import RunStateError

# Somebody who only looks whether the lock is free holds it for an instant.
_TRIES = 10
_PAUSE_S = 0.05


@contextmanager
def hold_lock(path: Path) -> Generator[None]:
    """Hold the lock while the block runs. Raises RunStateError when another process has it, or it can't be opened."""
    handle = _open(path)
    try:
        _acquire(handle, path)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def lock_is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RunStateError(
            f"the lock of run {path.parent.name} can't be opened: {error.strerror}",
            advice=f"Whose run is it? Look at {path}.",
        ) from error


def _acquire(handle: int, path: Path) -> None:
    for _ in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        else:
            return
    holder = os.pread(handle, 32, 0).decode(errors="replace") or "unknown"
    raise RunStateError(
        f"run {path.parent.name} is being worked on by another process (pid {holder})",
        advice="Wait until it ends, or end it first.",
    )
