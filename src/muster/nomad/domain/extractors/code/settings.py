"""Files of settings as a flat list of keys with their lines: .properties, YAML, and HOCON (`application.conf`).

Read line by line, so that each key knows its place and no text is too odd: what is no key and value is passed over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.text import LONGEST_LINE
from muster.nomad.domain.extractors.extractor import SourceFile

_MOST_LINES = 5000
_DEEPEST = 30
_YAML_LINE = re.compile(
    r"(\s{0,200}(?:-\s{1,20})?)(\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|[^\s#'\"\[\]{}:][^:\n]{0,100}?)\s{0,20}:(?:\s+(.*)|)$"
)
_ITEM = re.compile(r"\s{0,200}-\s{1,20}([^\s#].*)$")
_PROPERTY = re.compile(r"\s{0,40}([^\s=:#!][^\s=:]{0,200})\s{0,20}[=:]\s{0,20}(.*)$")
_HOCON = re.compile(r"\s{0,100}\"?([\w.-]{1,120})\"?\s{0,20}(?:([=:])\s{0,20})?(.*?)\s{0,20}$")
_NOTE = re.compile(r"\s#.*$")


@dataclass(frozen=True)
class Setting:
    """One key with its value as it is written, without quotes. `document` counts the parts of a YAML file."""

    key: str
    value: str
    path: str
    line: int
    document: int = 0

    @property
    def plain(self) -> str:
        """The key in small letters without dashes and underscores: `server.contextPath` and `server.context-path`."""
        return self.key.replace("-", "").replace("_", "").lower()


def read_settings(file: SourceFile) -> list[Setting]:
    """The settings of a file, by its ending."""
    lines = [line if len(line) <= LONGEST_LINE else "" for line in file.lines[:_MOST_LINES]]
    if file.name.endswith(".properties"):
        return list(_properties(file, lines))
    return list(_hocon(file, lines) if file.name.endswith(".conf") else _yaml(file, lines))


def _properties(file: SourceFile, lines: Iterable[str]) -> Iterator[Setting]:
    for number, line in enumerate(lines, start=1):
        found = _PROPERTY.match(line)
        if found:
            yield Setting(found[1], found[2].strip(), file.path, number)


def _yaml(file: SourceFile, lines: Iterable[str]) -> Iterator[Setting]:
    above: list[tuple[int, str]] = []
    document = 0
    for number, line in enumerate(lines, start=1):
        if line.startswith("---"):
            above, document = [], document + 1
        found = _YAML_LINE.match(line) if ":" in line else None
        if found is None:
            if item := _ITEM.match(line):
                yield Setting(".".join(name for _, name in above), item[1].strip("'\" "), file.path, number, document)
            continue
        indent = len(found[1])
        while above and above[-1][0] >= indent:
            above.pop()
        key = ".".join((*(name for _, name in above), found[2].strip("'\"")))
        value = _NOTE.sub("", " " + (found[3] or "")).strip()
        if value and value[0] not in "|>&*":
            yield Setting(key, value.strip("'\""), file.path, number, document)
        elif len(above) < _DEEPEST:
            above.append((indent, found[2].strip("'\"")))


def _hocon(file: SourceFile, lines: Iterable[str]) -> Iterator[Setting]:
    above: list[str] = []
    for number, line in enumerate(lines, start=1):
        text = re.split(r"//|#", line, maxsplit=1)[0].strip()
        if text.startswith("}"):
            del above[-1:]
            continue
        found = _HOCON.match(text)
        if found is None:
            continue
        value = found[3]
        if value.startswith("{") and "}" in value:  # a table on one line
            yield from _on_one_line(file, number, ".".join((*above, found[1])), value)
        elif value.endswith("{"):
            above = [*above[-_DEEPEST:], found[1]]
        elif found[2]:
            yield Setting(".".join((*above, found[1])), value.strip('", '), file.path, number)


def _on_one_line(file: SourceFile, number: int, key: str, text: str) -> Iterator[Setting]:
    for part in text.strip()[1:].rpartition("}")[0].split(",")[:20]:
        name, _, value = part.partition("=" if "=" in part else ":")
        yield Setting(f"{key}.{name.strip()}", value.strip('" '), file.path, number)
