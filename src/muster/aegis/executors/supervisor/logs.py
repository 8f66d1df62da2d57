"""What a job prints, kept within bounds: a job that prints for ever must not fill the disk."""

import os
import selectors
from pathlib import Path
from typing import IO

BOUND = 4 * 2**20
"""Bytes of a log before it is turned: at most two such files are kept."""


class KeptLog:
    """One stream's file, and the one before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)

    def write(self, some: bytes) -> None:
        """Append; turn the file where it is full."""
        if self._file.tell() + len(some) > BOUND:
            self._file.close()
            self._path.replace(self._path.with_suffix(".log.1"))
            self._file = self._path.open("ab", buffering=0)
        self._file.write(some)


class Pump:
    """Carries what comes out of pipes into logs, and waits meanwhile."""

    def __init__(self, streams: dict[IO[bytes], KeptLog]) -> None:
        self._selector = selectors.DefaultSelector()
        for stream, log in streams.items():
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, log)

    def wait(self, seconds: float) -> None:
        """Carry what there is, waiting for it so long at most."""
        for key, _ in self._selector.select(seconds):
            some = os.read(key.fd, 65536)
            if some:
                key.data.write(some)
            else:
                self._selector.unregister(key.fileobj)

    def drain(self) -> None:
        """Carry the rest; a process that kept a pipe open holds nobody up."""
        while self._selector.get_map() and self._selector.select(0):
            self.wait(0)

    @property
    def is_open(self) -> bool:
        """Whether anything may still come."""
        return bool(self._selector.get_map())


def read_tail(path: Path, most: int) -> str:
    """The last characters of a log, of the file before it too."""
    text = b""
    for file in (path.with_suffix(".log.1"), path):
        if file.exists():
            with file.open("rb") as opened:
                opened.seek(max(0, file.stat().st_size - most))
                text += opened.read()
    return text[-most:].decode(errors="replace")
