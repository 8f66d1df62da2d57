"""The units of a repository's code: which files each is made of, and how what they say becomes evidence."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from muster.nomad.domain.extractors.code.findings import GUESS, IMPORTED, Finding, distinct
from muster.nomad.domain.extractors.code.folders import code_unit, code_weight, is_main_code
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.extractor import Files, SourceFile, problem
from muster.nomad.domain.facts import Evidence, LanguageFact


class PackageFile(Protocol):
    """What was read of a package file; `problem` says why nothing could be, as a sentence."""

    @property
    def path(self) -> str:
        """Where it lies."""
        ...

    @property
    def problem(self) -> str | None:
        """What is wrong with it."""
        ...


@dataclass(frozen=True)
class CodeUnit:
    """The code without comments and all files of one folder, which are read together.

    Each language adds what it reads of package files, and what expressions come to in its code.
    """

    unit: str
    texts: tuple[CodeText, ...]
    files: tuple[SourceFile, ...]

    @cached_property
    def folder(self) -> str:
        """The folder, "" for the root."""
        return unit_folder(self.unit)

    @cached_property
    def main_texts(self) -> tuple[CodeText, ...]:
        """The code of the application itself."""
        return tuple(text for text in self.texts if is_main_code(text.file.path, self.unit))


def unit_folder(unit: str) -> str:
    """The folder of a unit, "" for the root."""
    return "" if unit == "folder:." else unit.removeprefix("folder:")


def code_files(files: Files) -> list[SourceFile]:
    """The files that say anything about an application: tests, documentation and the like are left out."""
    return [file for path, file in files.items() if code_weight(path, "folder:.")]


def files_by_unit(files: Iterable[SourceFile], folders: Collection[str]) -> Mapping[str, list[SourceFile]]:
    """The files of each unit; `folders` are those that make one."""
    units: dict[str, list[SourceFile]] = {}
    for file in files:
        units.setdefault(code_unit(file.path, folders), []).append(file)
    return units


def evidence_by_unit(
    files: Iterable[SourceFile],
    folders: Collection[str],
    read: Callable[[str, Sequence[SourceFile]], Iterable[Evidence]],
    *,
    left_out: Collection[str] = (),
) -> tuple[Evidence, ...]:
    """What `read` finds in each unit, each fact once. `left_out` are folders that are units, but no applications."""
    aside = {f"folder:{folder or '.'}" for folder in left_out}
    units = files_by_unit(files, folders)
    return distinct(one for unit, its in units.items() if unit not in aside for one in read(unit, its))


def package_problems(source: str, unit: str, packages: Iterable[PackageFile]) -> Iterator[Evidence]:
    """The package files of a unit that could not be read."""
    for package in packages:
        if package.problem:
            yield problem(source, package.path, package.problem, unit=unit)


def language_findings(unit: CodeUnit, fact: LanguageFact, package: str | None, said: str) -> Iterator[Finding]:
    """The unit's language: by its first package file, which `said` describes, else by its code."""
    if package is not None:
        yield Finding(package, 1, fact, said, IMPORTED)
    elif unit.main_texts:
        yield Finding(unit.main_texts[0].file.path, 1, fact, said, GUESS)
