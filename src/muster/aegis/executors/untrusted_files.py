"""Reading what a job wrote: it may have left links, pipes or devices in place of files, to be read with our rights."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_AT_ONCE = 2**20


def read_from(folder: Path, name: str, offset: int) -> bytes:
    """A part of a plain file right in the folder, from an offset on; empty where there is none, or no plain one."""
    try:
        descriptor = os.open(folder / name, _FLAGS)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        file.seek(offset)
        return file.read(_AT_ONCE)


@dataclass
class MetricsFile:
    """`metrics.jsonl` of a folder of outputs, read on as it grows."""

    outputs: Path
    _offset: int = 0

    def more(self) -> bytes:
        """What is new since the last call."""
        whole = b""
        while some := read_from(self.outputs, "metrics.jsonl", self._offset):
            whole, self._offset = whole + some, self._offset + len(some)
        return whole


def copy_files(source: Path, into: Path) -> tuple[str, ...]:
    """Copy the plain files below a folder; links, pipes and devices are left out. Returns what was copied, sorted."""
    copied: list[str] = []
    for where, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        below = Path(where).relative_to(source)
        folders.sort()
        for name in names:
            if _copy(descriptor, name, into / below / name):
                copied.append(str(below / name))
    return tuple(sorted(copied))


def _copy(folder: int, name: str, target: Path) -> bool:
    try:
        descriptor = os.open(name, _FLAGS, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as written:
            shutil.copyfileobj(file, written, _AT_ONCE)
    return True
