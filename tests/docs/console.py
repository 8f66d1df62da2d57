"""Console blocks of the documents: `$ command` lines that are really run, with what they print below them.

`.venv/bin/python tests/docs/console.py` writes into the documents what the commands print now. Read the diff.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = "..."
"""A line of shown output that stands for any number of lines."""

_BLOCK = re.compile(r"^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command as a shell shows it (`> ` before further lines), and the lines of its standard output.

    Nothing shown: only its success counts.
    """

    typed: str
    shown: tuple[str, ...]

    @property
    def command(self) -> str:
        return re.sub(r"^> ?", "", self.typed, flags=re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands that share a folder, which begins as a copy of the examples."""

    document: Path
    line: int
    steps: tuple[Step, ...]


def documents() -> tuple[Path, ...]:
    """Every document of the project."""
    return (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))


def blocks_of(document: Path) -> Iterator[Block]:
    """The console blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(document, text.count("\n", 0, found.start()) + 1, tuple(_steps(found["body"])))


def run(block: Block, folder: Path) -> tuple[tuple[str, ...], ...]:
    """Run the commands in `folder`; the lines that each prints. Raises AssertionError where one fails."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    return tuple(_run(step.command, folder) for step in block.steps)


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the lines are what was printed, but for those left out."""
    pattern = "".join(r"(?:.*\n)*?" if line == LEFT_OUT else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def refresh(document: Path) -> None:
    """Write what the commands print now; outputs with lines left out are only checked."""

    def fresh(found: re.Match[str]) -> str:
        block = Block(document, 0, tuple(_steps(found["body"])))
        with tempfile.TemporaryDirectory() as folder:
            printed = run(block, Path(folder))
        steps = (_refreshed(step, lines) for step, lines in zip(block.steps, printed, strict=True))
        return "```console\n" + "".join(steps) + "```"

    document.write_text(_BLOCK.sub(fresh, document.read_text(encoding="utf-8")), encoding="utf-8")


def _steps(body: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        first, *lines = part.rstrip("\n").split("\n")
        more = list(takewhile(lambda line: line.startswith(">"), lines))
        yield Step("\n".join((first, *more)), tuple(lines[len(more) :]))


def _run(command: str, folder: Path) -> tuple[str, ...]:
    environment = {
        "PATH": os.pathsep.join((sysconfig.get_path("scripts"), os.defpath)),
        "HOME": str(folder),
        "MUSTER_HOME": str(folder / "muster-home"),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    return tuple(line.rstrip() for line in done.stdout.rstrip("\n").split("\n")) if done.stdout.strip() else ()


def _refreshed(step: Step, printed: tuple[str, ...]) -> str:
    lines = step.shown
    if LEFT_OUT in lines and not agrees(lines, printed):
        sys.stderr.write(f"$ {step.command}\n  no longer prints what is shown; correct it by hand\n")
    elif lines and LEFT_OUT not in lines:
        lines = printed
    return "".join(f"{line}\n" for line in (f"$ {step.typed}", *lines))


if __name__ == "__main__":
    for path in documents():
        refresh(path)
