"""Puts the cluster into a process of its own, which outlives the one that started it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

READY_S = 20.0
LOOK_S = 0.01


def run_detached(serve: Callable[[], int], ready: Path) -> int:
    """Run `serve` in a child with a session of its own.

    Returns 0 once the child has written the file `ready` anew, its exit code when it ends before, 1 when it takes too
    long. What an earlier one wrote stays until then: the address to take again is read from it.
    """
    before = _stamp(ready)
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(serve())
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) or 1
        if _stamp(ready) not in (None, before):
            return 0
        time.sleep(LOOK_S)
    return 1


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns
