"""What a composer.json says: name, version of PHP, the packages that are needed, scripts that serve."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, items, json_lines, json_table

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
    data = json_table(file.text)
    return (
        ComposerPackage(file.path, problem=f"composer.json {data}") if isinstance(data, str) else _package(file, data)
    )


def _package(file: SourceFile, data: Table) -> ComposerPackage:
    lines = json_lines(file)
    name, required = data.get("name"), inner_table(data, "require")
    version = _VERSION.match(str(required.get("php", ""))[:100])
    return ComposerPackage(
        file.path,
        name=(name.rpartition("/")[2] or None) if isinstance(name, str) else None,
        php=version[1] if version else None,
        required=tuple((package, lines.get(package, 1)) for package in required if package != "php"),
        scripts={
            key: (command, lines.get(key, 1))
            for key, text in inner_table(data, "scripts").items()
            if key in _SERVING and (command := _command(text))
        },
    )


def _command(text: object) -> str | None:
    """A script is a command or a list of them, the last of which serves."""
    last = (items(text) or (text,))[-1]
    return last[:1000] if isinstance(last, str) else None
