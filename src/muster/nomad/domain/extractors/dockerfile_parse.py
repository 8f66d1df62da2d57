"""A Dockerfile's instructions, by BuildKit's own parser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import dockerfile

_ParseError = cast("type[Exception]", dockerfile.GoParseError)
_ESCAPE = re.compile(r"^#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^#\s*[a-zA-Z]+\s*=")
_KNOWN = frozenset(
    {
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Instruction:
    """One instruction: `words` as the parser splits them, variables and quotes still in; `exec` for the JSON form."""

    name: str
    words: tuple[str, ...]
    exec: bool
    flags: dict[str, str]
    line: int
    heredoc: str = ""


@dataclass(frozen=True)
class Broken:
    """Why a text is no Dockerfile, as a clause."""

    why: str


class _Heredoc(Protocol):
    content: str


class _Command(Protocol):
    """What the wheel, which has no type hints, gives for each instruction."""

    cmd: str | None
    json: bool
    start_line: int
    flags: Sequence[str]
    value: Sequence[str]
    heredocs: Sequence[_Heredoc]


def parse_dockerfile(text: str) -> tuple[Instruction, ...] | Broken:
    """The instructions in order, or what is wrong with the file."""
    try:
        # NUL would end the text unseen, since the parser takes a C string.
        commands = cast("Sequence[_Command]", dockerfile.parse_string(text.replace("\0", "\N{REPLACEMENT CHARACTER}")))
    except _ParseError as error:
        return Broken(str(error))
    instructions = tuple(_instruction(command) for command in commands)
    unknown = next((one for one in instructions if one.name not in _KNOWN), None)
    if unknown is not None:
        return Broken(f"line {unknown.line}: {unknown.name[:40]!r} is no instruction")
    first = next((one for one in instructions if one.name != "ARG"), None)
    if first is None or first.name != "FROM" or not first.words:
        return Broken("it has no FROM at its beginning")
    return instructions


def escape_of(text: str) -> str:
    """The escape character: a backslash, or the backtick that a directive at the top sets."""
    for line in text.split("\n", 20)[:20]:
        found = _ESCAPE.match(line)
        if found:
            return found.group(1)
        if not _DIRECTIVE.match(line):
            break
    return "\\"


def _instruction(command: _Command) -> Instruction:
    pairs = [flag.removeprefix("--").partition("=") for flag in command.flags]
    return Instruction(
        name=(command.cmd or "").upper(),
        words=tuple(command.value),
        exec=command.json,
        flags={name: value for name, _, value in pairs},
        line=command.start_line,
        heredoc="\n".join(one.content for one in command.heredocs),
    )
