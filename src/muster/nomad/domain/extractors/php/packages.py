"""What a composer.json says: name, version of PHP, the packages that are needed, scripts that serve."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from muster.nomad.domain.extractors.extractor import SourceFile

Table = Mapping[str, object]

_KEY = re.compile(r"\"([^\"\\\n]{1,200})\"\s{0,20}:")
_VERSION = re.compile(r"[^0-9]{0,9}([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})")
_SERVING = ("start", "serve")


@dataclass(frozen=True)
class ComposerPackage:
    """A composer.json. `required` are packages with their lines, `scripts` name -> (command, line) of those that may
    serve."""

    path: str
    name: str | None = None
    php: str | None = None
    required: tuple[tuple[str, int], ...] = ()
    scripts: Mapping[str, tuple[str, int]] | None = None
    problem: str | None = None


def read_composer(file: SourceFile) -> ComposerPackage:
    """A composer.json; one that can't be parsed has a `problem`."""
    try:
        data: object = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        return ComposerPackage(file.path, problem=f"composer.json can't be parsed: {str(error)[:200]}")
    if not isinstance(data, dict):
        return ComposerPackage(file.path, problem="composer.json holds no object")
    return _package(file, cast(Table, data))


def _package(file: SourceFile, data: Table) -> ComposerPackage:
    lines = _lines(file)
    name, required = data.get("name"), _table(data, "require")
    version = _VERSION.match(str(required.get("php", ""))[:100])
    return ComposerPackage(
        file.path,
        name=(name.rpartition("/")[2] or None) if isinstance(name, str) else None,
        php=version[1] if version else None,
        required=tuple((package, lines.get(package, 1)) for package in required if package != "php"),
        scripts={
            key: (command, lines.get(key, 1))
            for key, text in _table(data, "scripts").items()
            if key in _SERVING and (command := _command(text))
        },
    )


def _command(text: object) -> str | None:
    """A script is a command or a list of them, the last of which serves."""
    parts = cast("list[object]", text) if isinstance(text, list) else [text]
    last = parts[-1] if parts else None
    return last[:1000] if isinstance(last, str) else None


def _table(data: Table, key: str) -> Table:
    value = data.get(key)
    return cast(Table, value) if isinstance(value, dict) else {}


def _lines(file: SourceFile) -> Mapping[str, int]:
    """The first line that each key stands on."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.lines, start=1):
        for key in _KEY.findall(line[:5000]):
            found.setdefault(key, number)
    return found
