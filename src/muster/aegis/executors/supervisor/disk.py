"""How much a job has written. A quota needs a file system made for it; looking often needs nothing.

Each file is bounded exactly, by RLIMIT_FSIZE; the sum by looking every quarter of a second, so that a job passes its
limit by what the disk takes in that time at most.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_ENTRY = 1024  # what a name costs: a million empty files are no empty folder


def written_bytes(outputs: Path, pids: set[int]) -> int:
    """Of all files below the folder, and of those that were deleted but are still open. Holes count as written."""
    seen: dict[tuple[int, int], int] = {}
    names = 0
    for status in (*_files(outputs), *_unlinked(outputs, pids)):
        names += 1
        seen[(status.st_dev, status.st_ino)] = max(status.st_size, status.st_blocks * 512)
    return sum(seen.values()) + names * _ENTRY


def descendants(root: int) -> set[int]:
    """The process and all below it, by the host's ids."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found, waiting = set[int](), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children.get(pid, []))
    return found


def first_child(pid: int) -> int | None:
    """The oldest process right below one."""
    with contextlib.suppress(OSError, ValueError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return min((int(word) for word in text.split()), default=None)
    return None


def _files(folder: Path) -> Iterator[os.stat_result]:
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:  # what goes away meanwhile
            for entry in entries:
                with contextlib.suppress(OSError):
                    yield entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)


def _unlinked(outputs: Path, pids: set[int]) -> Iterator[os.stat_result]:
    device = outputs.stat().st_dev
    for pid in pids:
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208  # names alone, of a folder that vanishes
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{pid}/fd/{name}")  # noqa: PTH116
                    if status.st_nlink == 0 and status.st_dev == device and stat.S_ISREG(status.st_mode):
                        yield status
