"""A run's files, in the folder that the run has anyway. What jobs left is untrusted, and read with bounds."""

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from muster.aegis.domain.evaluation.measured import Measurement
from muster.aegis.tools.checkpoint_folder import look_at_checkpoint

MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class DiskWorkspace:
    """Satisfies `Workspace`."""

    folder: Path

    @property
    def data(self) -> Path:
        """Folder of the converted rows."""
        return self.folder / "data"

    def keep_script(self, name: str, text: str) -> str:
        """Write it, whole."""
        path = self._script(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return hashlib.sha256(text.encode()).hexdigest()

    def script(self, name: str) -> str:
        """As it was kept."""
        return self._script(name).read_text(encoding="utf-8")

    def outputs(self, name: str) -> Path:
        """Beside those of other jobs."""
        return self.folder / "outputs" / name

    def path(self, relative: str) -> Path:
        """Below the run's folder."""
        return self.folder / relative

    def last_checkpoint(self, name: str, *, before_step: int | None = None) -> str:
        """The newest whole one."""
        found = [
            (facts.step, path)
            for path in self.outputs(name).glob("checkpoints/checkpoint-*")
            if (facts := look_at_checkpoint(str(path))).step is not None and not (facts.missing or facts.damaged)
        ]
        whole = [(step, path) for step, path in found if before_step is None or (step or 0) < before_step]
        return str(max(whole)[1].relative_to(self.folder)) if whole else ""

    def measurement(self, name: str) -> Measurement | None:
        """Of `evaluation.json`."""
        path = self.outputs(name) / "evaluation.json"
        try:
            if path.stat().st_size > MOST_BYTES:
                return None
            return Measurement.model_validate(json.loads(path.read_bytes())["measurement"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError):
            return None

    def metrics(self, name: str) -> bytes:
        """Of what was brought home, else of the job's own folder; at most MOST_BYTES."""
        places = (self.outputs(name), self.folder / "jobs" / name / "outputs")
        return next((found for place in places if (found := _plain_bytes(place / "metrics.jsonl"))), b"")

    def digest(self, path: Path) -> str:
        """Of the bytes; a folder's by names and bytes in order."""
        if path.is_file():
            return _sha256(path)
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
        lines = "".join(f"{file.relative_to(path)} {_sha256(file)}\n" for file in files)
        return hashlib.sha256(lines.encode()).hexdigest() if files else ""

    def _script(self, name: str) -> Path:
        return self.folder / "scripts" / f"{name}.py"


def _plain_bytes(path: Path) -> bytes:
    """Empty for a link or a pipe, which a job may have left in a file's place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MOST_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
