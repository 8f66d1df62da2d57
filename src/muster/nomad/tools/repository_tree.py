"""Walks a repository once, nearest folders first, and reads what some extractor asked for. Never writes, never runs.

Links to folders are not followed (so no loop is possible), links to files only while they stay inside the tree and
out of skipped folders. A file that nobody asks for is not opened.
"""

import os
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from muster.nomad.domain.extractors.extractor import Extractor, SourceFile, problem
from muster.nomad.domain.facts import Evidence
from muster.nomad.tools.ignored_paths import ENVIRONMENT_MARK, SKIPPED_FOLDERS, Ignores
from muster.nomad.tools.text_file import Unreadable, printable_path, read_text

SOURCE = "repository"
MAX_ENTRIES = 200_000
_GITIGNORE_BYTES = 256 * 1024


@dataclass
class Tree:
    """What was read of a repository: files by path, and problems worth telling."""

    files: dict[str, SourceFile] = field(default_factory=dict[str, SourceFile])
    problems: list[Evidence] = field(default_factory=list[Evidence])
    passed_over: Counter[str] = field(default_factory=Counter[str])
    """How many matches of each extractor were over its limit of files."""


def read_tree(root: Path, extractors: tuple[Extractor, ...], *, max_entries: int = MAX_ENTRIES) -> Tree:
    """Everything below `root` that an extractor asks for. Raises OSError when the root itself can't be listed."""
    tree, read = Tree(), Counter[str]()
    root = root.resolve()
    for entry, relative, hindrance in _walk(root, tree, max_entries):
        path = printable_path(relative)
        wanting = [one for one in extractors if one.wants(path)]
        if hindrance:
            _leave_out(tree, path, hindrance, wanting)
            continue
        within = [one for one in wanting if read[one.name] < one.max_files]
        read.update(one.name for one in within)
        tree.passed_over.update(one.name for one in wanting if one not in within)
        if within:
            _read(tree, Path(entry), path, within)
    tree.problems += [_too_many(one, tree) for one in extractors if tree.passed_over[one.name]]
    return tree


def _read(tree: Tree, file: Path, path: str, extractors: list[Extractor]) -> None:
    text = read_text(file, max(one.max_bytes for one in extractors))
    if isinstance(text, Unreadable):
        _leave_out(tree, path, text, extractors)
    else:
        tree.files[path] = SourceFile(path=path, text=text)


def _leave_out(tree: Tree, path: str, unreadable: Unreadable, extractors: list[Extractor]) -> None:
    """Worth telling only where an extractor asks for exactly this name."""
    if any(one.names(path) for one in extractors):
        tree.problems.append(problem(SOURCE, path, f"{path} is left out: {unreadable.why}"))


def _walk(root: Path, tree: Tree, max_entries: int) -> Iterator[tuple[str, str, Unreadable | None]]:
    """All files, folder by folder from the root down: absolute, relative to the root, and why one may not be opened."""
    folders, seen = deque([(str(root), "", Ignores())]), 0
    while folders:
        folder, prefix, ignores = folders.popleft()
        entries = _entries(folder, prefix, tree)
        seen += len(entries)
        if seen > max_entries:
            tree.problems.append(problem(SOURCE, ".", f"only the first {max_entries} files and folders are looked at"))
            return
        ignores = _with_gitignore(folder, prefix, entries, ignores)
        kept = [(entry, prefix + entry.name) for entry in entries if not _is_ignored(entry, prefix, ignores)]
        folders.extend((entry.path, f"{path}/", ignores) for entry, path in kept if entry.is_dir(follow_symlinks=False))
        files = ((entry, path) for entry, path in kept if not entry.is_dir(follow_symlinks=False))
        yield from ((entry.path, path, _hindrance(root, entry)) for entry, path in files)


def _entries(folder: str, prefix: str, tree: Tree) -> list[os.DirEntry[str]]:
    """What lies in the folder, by name; nothing for a virtual environment or a folder that can't be listed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        if not prefix:
            raise
        path = printable_path(prefix.rstrip("/"))
        tree.problems.append(problem(SOURCE, path, f"the folder {path} can't be listed ({error.strerror})"))
        return []
    return [] if any(entry.name == ENVIRONMENT_MARK for entry in entries) else entries


def _with_gitignore(folder: str, prefix: str, entries: list[os.DirEntry[str]], ignores: Ignores) -> Ignores:
    if not any(entry.name == ".gitignore" and entry.is_file(follow_symlinks=False) for entry in entries):
        return ignores
    text = read_text(Path(folder, ".gitignore"), _GITIGNORE_BYTES)
    return ignores if isinstance(text, Unreadable) else ignores.below(prefix, text)


def _is_ignored(entry: os.DirEntry[str], prefix: str, ignores: Ignores) -> bool:
    folder = entry.is_dir(follow_symlinks=False)
    return (folder and entry.name in SKIPPED_FOLDERS) or ignores.ignores(prefix + entry.name, folder=folder)


def _hindrance(root: Path, entry: os.DirEntry[str]) -> Unreadable | None:
    """None for a regular file and for a link to one inside the tree; never a pipe, a socket or a device."""
    if not entry.is_symlink():
        return None if entry.is_file(follow_symlinks=False) else Unreadable("it is no ordinary file")
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return Unreadable("it is a link that leads nowhere, or round in a circle")
    if not target.is_relative_to(root):
        return Unreadable("it is a link that leads out of the repository")
    if not (target.is_file() and SKIPPED_FOLDERS.isdisjoint(target.relative_to(root).parts)):
        return Unreadable("it is a link to something that is not read")
    return None


def _too_many(extractor: Extractor, tree: Tree) -> Evidence:
    text = f"{tree.passed_over[extractor.name]} more files for the {extractor.name} extractor are not read"
    return problem(SOURCE, ".", f"{text}: it reads the {extractor.max_files} nearest to the root")
