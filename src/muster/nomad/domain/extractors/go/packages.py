"""What a go.mod says: the module's name, the version of Go, the modules it requires itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile

_MODULE = re.compile(r"module\s{1,9}\"?([\w.~/-]{1,200})")
_GO = re.compile(r"go\s{1,9}([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})")
_REQUIRED = re.compile(r"(?:require\s{1,9})?\"?([\w.~-]{1,100}(?:/[\w.~-]{1,100}){1,9})\"?\s{1,9}v[0-9]")
_MAJOR = re.compile(r"v[0-9]{1,3}")


@dataclass(frozen=True)
class GoModule:
    """A go.mod. `required` are module paths with their lines, without those that only others need."""

    path: str
    name: str | None = None
    version: str | None = None
    version_line: int = 1
    required: tuple[tuple[str, int], ...] = ()


def read_go_mod(file: SourceFile) -> GoModule:
    """The module that a go.mod describes."""
    name = next((found[1] for _, line in _lines(file) if (found := _MODULE.match(line))), None)
    version = next(((found[1], number) for number, line in _lines(file) if (found := _GO.match(line))), (None, 1))
    required = tuple(
        (found[1], number)
        for number, line in _lines(file)
        if "// indirect" not in line and (found := _REQUIRED.match(line))
    )
    return GoModule(file.path, _short(name) if name else None, *version, required)


def _short(module: str) -> str:
    """The last part of a module path that is not a major version."""
    parts = module.strip("/").split("/")
    return next((part for part in reversed(parts) if not _MAJOR.fullmatch(part)), parts[-1])


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    return ((number, line[:1000].strip()) for number, line in enumerate(file.lines, start=1))
