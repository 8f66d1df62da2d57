"""Calls the command lines in this process, as a shell would: words in; exit code, output and run folders out."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from muster.app.agents import AGENTS
from muster.app.cli import build_app
from muster.core.cli import run_cli
from muster.core.runs.row import RunRow
from muster.core.runs.store import RunFolder, RunStore
from muster.nomad.main import app as nomad_app

DOCKERFILE = 'FROM python:3.12\nEXPOSE 8000\nCMD ["python", "app.py"]\n'


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A folder to work in, a home, and what was typed."""

    home: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *words: str, typed: str = "") -> Said:
        """Run `nomad-spec` (or `muster`, where that is the first word). Nothing may look like a fault of ours."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        command = build_app(AGENTS) if words[:1] == ("muster",) else nomad_app
        arguments = list(words[1:] if words[:1] == ("muster",) else words)
        with pytest.raises(SystemExit) as ended:
            run_cli(lambda: command(arguments, prog_name="test"))
        said = Said(int(ended.value.code or 0), *self.capsys.readouterr())
        assert "Traceback" not in said.err + said.out
        assert "a fault in muster" not in said.err
        assert "\x1b" not in said.err + said.out
        return said

    def runs(self) -> tuple[RunFolder, ...]:
        return RunStore(self.home).folders()

    def last_run(self) -> RunRow:
        return self.runs()[-1].current_row()

    def stored(self) -> bytes:
        """Everything that was kept of all runs."""
        return b"".join(file.read_bytes() for file in sorted(self.home.rglob("*")) if file.is_file())


def write(folder: Path, **files: str | bytes) -> Path:
    """A repository with these files; `__` stands for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def listing(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every entry below the folder, with its time, size and mode."""
    found = {os.fsdecode(os.fsencode(path)): path.lstat() for path in [folder, *folder.rglob("*")]}
    return {path: (entry.st_mtime_ns, entry.st_size, entry.st_mode) for path, entry in found.items()}
