"""The journal: every accepted write with its virtual time, one JSON object a line, replayed at the next start.

A line is flushed to the system before the write is answered, so that it outlives a killed process.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from muster.core.errors import UsageError

Entry = dict[str, Any]
ADVICE = "Remove the cluster's home to begin anew; what ran on it is lost."


class Journal:
    """An append-only file of entries."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def entries(self) -> Iterator[Entry]:
        """All entries so far; a last line that was cut off by a kill is left out, and off the file.

        Raises UsageError when a line in the middle makes no sense.
        """
        if not self._path.exists():
            return
        lines = self._path.read_bytes().split(b"\n")
        if lines[-1]:
            self._path.write_bytes(b"\n".join([*lines[:-1], b""]))
        for number, line in enumerate(lines[:-1], start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UsageError(f"Reading {self._path}, line {number}: {error}", advice=ADVICE) from error

    def append(self, entry: Entry) -> None:
        """Write an entry down."""
        if self._file is None:
            self._path.touch(mode=0o600)  # it holds what variables and tokens hold
            self._file = self._path.open("a")
        self._file.write(json.dumps(entry, separators=(",", ":")) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
