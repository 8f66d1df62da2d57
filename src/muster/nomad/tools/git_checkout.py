"""What of a git repository is not in its folder: submodules and Git LFS files not fetched, sparse checkouts.

Git is not asked, since it would read the repository's own configuration: a few small files say it.
"""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from muster.nomad.tools.ignored_paths import SKIPPED_FOLDERS
from muster.nomad.tools.text_file import Unreadable, printable_path, read_text

Told = tuple[str, str]
"""A path in the repository, `.` for all of it, and what to say about it."""

_BYTES = 256 * 1024
_SUBMODULE_PATH = re.compile(r"^[ \t]{0,40}path[ \t]{0,40}=[ \t]{0,40}\"?([^\n\"]{1,1000})\"?[ \t]*$", re.MULTILINE)
_MOST_SUBMODULES = 200
_SPARSE = re.compile(r"^[ \t]{0,40}sparsecheckout[ \t]{0,40}=[ \t]{0,40}true\b", re.MULTILINE | re.IGNORECASE)
_BARE = re.compile(r"^[ \t]{0,40}bare[ \t]{0,40}=[ \t]{0,40}true\b", re.MULTILINE | re.IGNORECASE)
_SHOWN = 5


def absent_submodules(folder: str, prefix: str, text: str) -> Iterator[Told]:
    """The submodules that a `.gitmodules` names and whose folder is not there, or empty; `prefix` is the folder's path
    in the repository with a slash. Those in folders that are skipped anyway are not told."""
    for found in islice(_SUBMODULE_PATH.finditer(text), _MOST_SUBMODULES):
        path = found[1].strip()
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or SKIPPED_FOLDERS.intersection(parts) or not _is_empty(folder, path):
            continue
        shown = printable_path(f"{prefix}{path}")
        yield (
            f"{printable_path(prefix)}.gitmodules",
            f"the submodule {shown} is not checked out and not read: clone the repository yourself with "
            "--recurse-submodules, or run `git submodule update --init` in it, and give the folder",
        )


def lfs_pointers(paths: Sequence[str]) -> Iterator[Told]:
    """One word about all files whose content lies in Git LFS."""
    if paths:
        shown = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
        what = "1 file is a pointer" if len(paths) == 1 else f"{len(paths)} files are pointers"
        yield paths[0], f"{what} of Git LFS and not read: {shown}; `git lfs pull` in your own clone brings the content"


def sparse_checkout(root: Path) -> Iterator[Told]:
    """Whether git was told to leave files of this repository out."""
    folder = _git_folder(root)
    configured = (_text(folder / name) for name in ("config", "config.worktree"))
    if any(_SPARSE.search(text) for text in configured):
        yield ".", "a sparse checkout: what it leaves out is not read; `git sparse-checkout disable` brings it back"


def is_bare(folder: Path) -> bool:
    """Whether a folder is a repository without a checkout: git's own files and nothing else."""
    own = all((folder / name).is_dir() for name in ("objects", "refs")) and (folder / "HEAD").is_file()
    return own and _BARE.search(_text(folder / "config")) is not None


def _git_folder(root: Path) -> Path:
    """Where git keeps what it knows: `.git`, or, of a worktree or submodule, the folder that the file `.git` names."""
    named = _text(root / ".git").partition("gitdir:")[2].strip()
    return root / named if named and "\n" not in named and "\0" not in named else root / ".git"


def _text(file: Path) -> str:
    text = read_text(file, _BYTES)
    return "" if isinstance(text, Unreadable) else text


def _is_empty(folder: str, path: str) -> bool:
    try:
        with os.scandir(os.path.join(folder, path)) as found:  # noqa: PTH118  # a path of odd bytes, too
            return next(found, None) is None
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # no folder, or no name: nothing that a submodule could be in
        return False
