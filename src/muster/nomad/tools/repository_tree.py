"""Walks a repository once, nearest folders first, and reads what some extractor asked for. Never writes, never runs.

Links to folders are not followed (so no loop is possible), links to files only while they stay inside the tree and
out of skipped folders. A file that nobody asks for is not opened, nor looked up in `.gitignore`.
"""

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from muster.nomad.domain.extractors.extractor import Extractor, Extractors, SourceFile, problem
from muster.nomad.domain.facts import Evidence
from muster.nomad.tools.git_checkout import absent_submodules, lfs_pointers, sparse_checkout
from muster.nomad.tools.ignored_paths import ENVIRONMENT_MARK, SKIPPED_FOLDERS, Ignores
from muster.nomad.tools.text_file import LfsPointer, Unreadable, printable_path, read_text

SOURCE = "repository"
MAX_ENTRIES = 200_000
MAX_CHARACTERS = 32 * 2**20
"""How much is read for one extractor, whatever the number of files."""
_RULES_BYTES = 256 * 1024


@dataclass
class Tree:
    """What was read of a repository: files by path, and problems worth telling."""

    files: dict[str, SourceFile] = field(default_factory=dict[str, SourceFile])
    problems: list[Evidence] = field(default_factory=list[Evidence])
    passed_over: Counter[str] = field(default_factory=Counter[str])
    """How many matches of each extractor were over its limit of files."""
    read: Counter[str] = field(default_factory=Counter[str])
    """How many files were opened for each extractor."""
    sizes: Counter[str] = field(default_factory=Counter[str])
    """How many characters were read for each extractor."""
    pointers: list[str] = field(default_factory=list[str])
    """Files whose content lies in Git LFS and is not here."""

    def has_room(self, extractor: Extractor) -> bool:
        """Whether one more file may be read for this extractor."""
        return self.read[extractor.name] < extractor.max_files and self.sizes[extractor.name] < MAX_CHARACTERS


@dataclass(frozen=True)
class Folder:
    """A folder that is still to be looked at: where it is, its path in the repository with a slash, what is ignored."""

    at: str
    prefix: str
    ignores: Ignores


def read_tree(root: Path, extractors: tuple[Extractor, ...], *, max_entries: int = MAX_ENTRIES) -> Tree:
    """Everything below `root` that an extractor asks for. Raises OSError when the root itself can't be listed."""
    tree, root = Tree(), root.resolve()
    for entry, path, wanting in _walk(root, tree, Extractors(extractors), max_entries):
        hindrance = _hindrance(root, entry)
        if hindrance:
            _leave_out(tree, path, hindrance, wanting)
            continue
        within = [one for one in wanting if tree.has_room(one)]
        tree.passed_over.update(one.name for one in wanting if one not in within)
        if within:
            _read(tree, Path(entry.path), path, within)
    tree.problems += [_too_many(one, tree) for one in extractors if tree.passed_over[one.name]]
    tree.problems += [problem(SOURCE, *told) for told in (*lfs_pointers(tree.pointers), *sparse_checkout(root))]
    return tree


def _read(tree: Tree, file: Path, path: str, extractors: list[Extractor]) -> None:
    text = read_text(file, max(one.max_bytes for one in extractors))
    if isinstance(text, str) and path in tree.files:
        text = Unreadable("the name of another file looks the same")
    tree.read.update(one.name for one in extractors)
    if isinstance(text, LfsPointer):
        tree.pointers.append(path)
    elif isinstance(text, Unreadable):
        _leave_out(tree, path, text, extractors)
    else:
        tree.files[path] = SourceFile(path=path, text=text)
        tree.sizes.update({one.name: len(text) for one in extractors})


def _leave_out(tree: Tree, path: str, unreadable: Unreadable, extractors: Iterable[Extractor]) -> None:
    """Worth telling only where an extractor asks for exactly this name."""
    if any(one.names(path) for one in extractors):
        tree.problems.append(problem(SOURCE, path, f"{path} is left out: {unreadable.why}"))


def _walk(
    root: Path, tree: Tree, extractors: Extractors, max_entries: int
) -> Iterator[tuple["os.DirEntry[str]", str, list[Extractor]]]:
    """The files that somebody asks for, folder by folder from the root down: with their path and who asks."""
    folders, left = deque([Folder(str(root), "", Ignores())]), max_entries
    while folders:
        folder = folders.popleft()
        entries = _entries(folder, tree, left + 1)
        left -= len(entries)
        ignores = _with_rules(folder, entries, tree)
        for entry in sorted(entries[: left if left < 0 else None], key=lambda entry: entry.name):
            path = folder.prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS and not ignores.ignores(path, folder=True):
                    folders.append(Folder(entry.path, f"{path}/", ignores))
            elif (wanting := extractors.wanting(shown := printable_path(path))) and not ignores.ignores(path):
                yield entry, shown, wanting
        if left < 0:
            tree.problems.append(problem(SOURCE, ".", f"only the first {max_entries} files and folders are looked at"))
            return


def _entries(folder: Folder, tree: Tree, most: int) -> list["os.DirEntry[str]"]:
    """What lies in the folder; nothing for a virtual environment or a folder that can't be listed."""
    try:
        with os.scandir(folder.at) as found:
            entries = list(islice(found, most))
    except OSError as error:
        if not folder.prefix:
            raise
        path = printable_path(folder.prefix.rstrip("/"))
        tree.problems.append(problem(SOURCE, path, f"the folder {path} can't be listed ({error.strerror})"))
        return []
    return [] if any(entry.name == ENVIRONMENT_MARK for entry in entries) else entries


def _with_rules(folder: Folder, entries: list["os.DirEntry[str]"], tree: Tree) -> Ignores:
    """What is ignored below, by the folder's own `.gitignore` too; its `.gitmodules` may name what is not there."""
    ignores = folder.ignores
    for entry in entries:
        if entry.name == ".gitignore" and isinstance(text := _rules(entry), str):
            ignores = ignores.below(folder.prefix, text)
        elif entry.name == ".gitmodules" and isinstance(text := _rules(entry), str):
            tree.problems += [problem(SOURCE, *told) for told in absent_submodules(folder.at, folder.prefix, text)]
    return ignores


def _rules(entry: "os.DirEntry[str]") -> str | Unreadable:
    if not entry.is_file(follow_symlinks=False):
        return Unreadable("it is no ordinary file")
    return read_text(Path(entry.path), _RULES_BYTES)


def _hindrance(root: Path, entry: "os.DirEntry[str]") -> Unreadable | None:
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
    most = f"the {extractor.max_files} nearest to the root"
    if tree.read[extractor.name] < extractor.max_files:
        most = f"{MAX_CHARACTERS // 2**20} MiB, the nearest to the root first"
    return problem(SOURCE, ".", f"{text}: it reads {most}")
