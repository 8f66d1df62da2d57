"""Where runs live: MUSTER_HOME/runs/<id>/ with the row, the lock, the journal, the checkpoints and the report."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from muster.core.clock import Clock
from muster.core.errors import RunStateError, UsageError
from muster.core.redaction import redact
from muster.core.runs.lock import lock_is_held
from muster.core.runs.row import RunRow, Status, checked_run_id, new_run_id


@dataclass(frozen=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held by the process that works on the run."""
        return self.path / "lock"

    @property
    def journal(self) -> Path:
        """One JSON object a line."""
        return self.path / "journal.jsonl"

    @property
    def checkpoints(self) -> Path:
        """LangGraph's database."""
        return self.path / "checkpoints.sqlite"

    @property
    def draft(self) -> Path:
        """What was answered of the form that the run waits at."""
        return self.path / "draft.json"

    @property
    def calls(self) -> Path:
        """The ledger: what the run asked of models, one JSON object a line."""
        return self.path / "calls.jsonl"

    @property
    def report(self) -> Path:
        """The audit report."""
        return self.path / "REPORT.md"

    @property
    def traces(self) -> Path:
        """A line for each trace of the run: its traceparent, as W3C writes it."""
        return self.path / "traces.txt"

    def row(self) -> RunRow:
        """The row as it is stored. Raises RunStateError when it can't be read."""
        try:
            return RunRow.model_validate_json(self._row.read_bytes())
        except (OSError, ValidationError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise RunStateError(
                f"the row of run {self.path.name} can't be read: {why}",
                advice=f"Look at {self._row}; a run without its row can't be resumed.",
            ) from error

    def current_row(self) -> RunRow:
        """The row as it is now: running with a free lock is `crashed`."""
        row = self.row()
        if row.status == "running" and not lock_is_held(self.lock):
            return row.model_copy(update={"status": "crashed"})
        return row

    def write_row(self, row: RunRow) -> None:
        """Replace the row at once: a reader sees the old one or the new one."""
        write_atomically(self._row, row.model_dump_json(indent=2) + "\n")

    def set_status(self, status: Status, note: str, clock: Clock, *, done: bool = False) -> RunRow:
        """Write down how far the run came."""
        update = {"status": status, "note": redact(note), "done": done, "updated_at": clock.now()}
        row = self.row().model_copy(update=update)
        self.write_row(row)
        return row

    @property
    def _row(self) -> Path:
        return self.path / "run.json"


@dataclass(frozen=True)
class RunStore:
    """All runs under one MUSTER_HOME."""

    home: Path

    @contextmanager
    def claimed_id(self, now: datetime, wanted: str = "") -> Generator[str]:
        """An id that no other run has or gets within the block. Raises UsageError when the store can't be written,
        RunStateError when the wanted one is taken.

        Of a hundred runs that begin within a second, two would else have the same letters in every sixth second.
        """
        while True:
            run_id = checked_run_id(wanted) if wanted else new_run_id(now)
            claim = self._runs / f".{run_id}"
            if _made(claim):
                try:
                    if not (self._runs / run_id).exists():
                        yield run_id
                        return
                finally:
                    claim.rmdir()
            if wanted:
                raise RunStateError(f"there is a run {run_id} already", advice="It was begun before: look at it.")

    def create(self, row: RunRow) -> RunFolder:
        """Make the folder of a new run. Raises RunStateError when the id is taken, UsageError when it can't be made."""
        folder = RunFolder(self._runs / checked_run_id(row.id))
        if not _made(folder.path):
            raise RunStateError(f"there is a run {row.id} already", advice="Choose another id.")
        folder.write_row(row)
        return folder

    def folder(self, run_id: str) -> RunFolder:
        """The folder of an existing run. Raises UsageError for an odd or unknown id."""
        folder = RunFolder(self._runs / checked_run_id(run_id))
        if not folder.path.is_dir():
            raise UsageError(f"there is no run {run_id} in {self.home}", advice="`muster runs list` shows all runs.")
        return folder

    def folders(self) -> tuple[RunFolder, ...]:
        """All runs, oldest first; folders without a row are left out."""
        if not self._runs.is_dir():
            return ()
        return tuple(RunFolder(path) for path in sorted(self._runs.iterdir()) if (path / "run.json").is_file())

    def ledgers(self) -> tuple[Path, ...]:
        """The ledger of each run that has one, with or without a row."""
        return tuple(sorted(self._runs.glob("*/calls.jsonl")))

    @property
    def _runs(self) -> Path:
        return self.home / "runs"


def _made(folder: Path) -> bool:
    """Make it; False where it is there already. Raises UsageError when it can't be made."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        if folder.is_dir():
            return False
        raise UsageError(
            f"the run's folder {folder} can't be made: {error.strerror}",
            advice="Set MUSTER_HOME to a folder that you may write.",
        ) from error
    return True


def write_atomically(path: Path, text: str) -> None:
    """Write the whole text or nothing, and make sure it is on the disk. A file that was there keeps its permissions."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            if path.is_file():
                draft.chmod(stat.S_IMODE(path.stat().st_mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
