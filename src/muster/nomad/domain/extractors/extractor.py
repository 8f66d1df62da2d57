"""What an extractor is: which files it reads, what it looks for, and the pure function that reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname
from typing import TypeVar, TypeVarTuple, cast

from muster.nomad.domain.extractors.globs import Globs
from muster.nomad.domain.facts import Evidence, ProblemFact

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Files = Mapping[str, "SourceFile"]


@dataclass(frozen=True)
class SourceFile:
    """One text file of a repository. `path` is relative to its root, with forward slashes."""

    path: str
    text: str
    _made: dict[object, object] = field(default_factory=dict[object, object], init=False, repr=False, compare=False)

    def made(self, make: Callable[["SourceFile", *Ts], T], *arguments: *Ts) -> T:
        """What a function makes of the file; made once, since a file may be read in several contexts."""
        key = (make, arguments)
        if key not in self._made:
            self._made[key] = make(self, *arguments)
        return cast("T", self._made[key])

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line N of the file is `lines[N - 1]`."""
        return tuple(self.text.replace("\r\n", "\n").split("\n"))

    @property
    def name(self) -> str:
        """The file's own name, without its folder."""
        return basename(self.path)

    @property
    def folder(self) -> str:
        """The folder that it lies in; `.` for the root."""
        return dirname(self.path) or "."

    def at(self, line: int) -> str:
        """The place of a line, as evidence names it."""
        return f"{self.path}:{line}"


@dataclass(frozen=True)
class Extractor:
    """Reads one kind of file.

    A glob without a slash is matched against the file's name in any folder, one with a slash against the whole path
    (`*` crosses folders there). Files over `max_bytes` are not read, and of more than `max_files` matches only those
    nearest to the root are. `extract` gets the files that matched, by path, and must not raise whatever is in them.
    """

    name: str
    looks_for: str
    globs: tuple[str, ...]
    extract: Callable[[Files], tuple[Evidence, ...]]
    max_bytes: int = 512 * 1024
    max_files: int = 200

    def wants(self, path: str) -> bool:
        """Whether a glob asks for this file."""
        return bool(self._globs.asking(path))

    def names(self, path: str) -> bool:
        """Whether a glob asks for this file by its exact name: then its absence from the evidence must be explained."""
        return basename(path) in self.globs

    @cached_property
    def _globs(self) -> Globs:
        return Globs((self.globs,))


Reading = Callable[[Extractor, Files], tuple[Evidence, ...]]
"""Lets an extractor read its files."""


def read_plainly(extractor: Extractor, files: Files) -> tuple[Evidence, ...]:
    """What it finds, and nothing else done about it."""
    return extractor.extract(files)


@dataclass(frozen=True)
class Extractors:
    """Extractors in their order, and which of them ask for a file: one look-up for all."""

    each: tuple[Extractor, ...]

    def wanting(self, path: str) -> list[Extractor]:
        """The extractors with a glob that asks for this file, in order."""
        return [self.each[number] for number in self._globs.asking(path)]

    @cached_property
    def _globs(self) -> Globs:
        return Globs(tuple(one.globs for one in self.each))


def folder_unit(path: str) -> str:
    """The unit of the folder that a file lies in: `folder:.` for the root."""
    return f"folder:{dirname(path) or '.'}"


def problem(source: str, path: str, text: str, *, line: int | None = None, unit: str | None = None) -> Evidence:
    """Something that could not be read or used, said as evidence. The unit is the file's folder unless given."""
    return Evidence(
        unit=unit or folder_unit(path),
        fact=ProblemFact(problem=text),
        source=source,
        where=f"{path}:{line}" if line else path,
        reason="the analysis goes on without it",
    )
