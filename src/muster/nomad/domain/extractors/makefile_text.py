"""A Makefile as text: its variables, and the lines of its recipes with the target that each belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.docker_cli.commands import Line
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.substitution import expand

_SETTING = re.compile(r"(?:export\s+|override\s+)*([A-Za-z_]\w*)\s*(\?|:{0,2}|\+)=\s*(.*)")
_TARGET = re.compile(r"([\w./%$(){}-][^:=#\t]*?)\s*::?(?!=)")
_REFERENCE = re.compile(r"\$\((\w+)\)")


@dataclass(frozen=True)
class Makefile:
    """Variables by name, as far as their values are known, and recipe lines."""

    variables: dict[str, str]
    lines: tuple[Line, ...]

    def lookup(self, name: str) -> str | None:
        """The value of a variable."""
        return self.variables.get(name)


def read_makefile(file: SourceFile) -> Makefile:
    """What stands in the file; includes and functions are not followed, so what they say is not known."""
    settings, lines, target = dict[str, str](), list[Line](), ""
    for number, text in _joined(file):
        if text.startswith("\t"):
            lines.append(Line(_as_shell(text.strip()), file.at(number), target))
        elif setting := _SETTING.match(text):
            _set(settings, *setting.groups())
        elif found := _TARGET.match(text):
            target = found[1].strip()
    return Makefile(_expanded(settings), tuple(lines))


def _joined(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Lines with their continuations; the number is the first one's. Comments are left out."""
    begin, parts = 0, list[str]()
    for number, line in enumerate(file.lines, start=1):
        begin = begin if parts else number
        parts.append(line.rstrip("\\") if line.endswith("\\") else line)
        if line.endswith("\\") and len(parts) < 200:
            continue
        text = parts[0] + "".join(f" {part.strip()}" for part in parts[1:])
        if not text.lstrip().startswith("#"):
            yield begin, text
        parts = []


def _set(settings: dict[str, str], name: str, operator: str, value: str) -> None:
    text = _as_shell(value.split(" #")[0].strip())
    if operator == "+":
        settings[name] = f"{settings.get(name, '')} {text}".strip()
    elif operator != "?" or name not in settings:
        settings[name] = text


def _as_shell(text: str) -> str:
    """`$(X)` is `${X}`, and `$$` a dollar of the shell."""
    return _REFERENCE.sub(r"${\1}", text.replace("$$", "$"))


def _expanded(settings: dict[str, str]) -> dict[str, str]:
    """Variables with those in them replaced, as deep as a few passes reach; what calls a function is not known."""
    for _ in range(4):
        settings = {name: expand(value, settings.get).text for name, value in settings.items()}
    return {name: value for name, value in settings.items() if "$" not in value and "`" not in value}
