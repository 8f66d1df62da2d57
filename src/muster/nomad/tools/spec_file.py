"""Where `generate` puts the job: a file, written whole or not at all, or the standard output."""

import difflib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from muster.core.errors import UsageError
from muster.core.runs.store import write_atomically

_ADVICE = "Give another file with -o."


def check_place(file: Path) -> None:
    """Raise UsageError, before anybody is asked anything, for a place that no file can be written to."""
    with _told(file):
        if file.is_dir():
            raise UsageError(f"-o names a folder: {str(file)!r}", advice=_ADVICE)
        if not file.parent.is_dir():
            raise UsageError(f"there is no folder {str(file.parent)!r} for {file.name}", advice=_ADVICE)


def write_spec(file: Path | None, text: str) -> None:
    """Write the job, and say so; None prints it. Raises UsageError when the file can't be written."""
    if file is None:
        sys.stdout.write(text)
        return
    with _told(file):
        if file.exists() and not file.is_file():  # a pipe or a device is written to; replacing it would destroy it
            file.write_text(text, encoding="utf-8")
        else:
            write_atomically(file.resolve(), text)  # what a link leads to, so that the link stays
    sys.stderr.write(f"wrote {file}\n")


def show_change(file: Path, text: str) -> None:
    """Print how the file would change, as a diff."""
    old = file.read_bytes().decode("utf-8", errors="replace") if file.is_file() else ""
    lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(file), f"{file} (new)")
    sys.stdout.write("".join(lines) or f"{file} would not change\n")


@contextmanager
def _told(file: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", advice=_ADVICE) from error
