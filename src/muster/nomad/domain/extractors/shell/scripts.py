"""A shell script that starts an application: what it runs at the end, and which file a command means by its name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import takewhile
from posixpath import basename, dirname

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.shell.lines import ShellLine, is_shell, shell_lines
from muster.nomad.domain.extractors.shell.reads import given_values, script_reads
from muster.nomad.domain.extractors.start_commands import simple_commands

SOURCE = "script"

GLOBS = ("*.sh", "*.bash", "*entrypoint*", "*start", "*run", "*serve", "bin/docker-*", "*/bin/docker-*")
"""How scripts that start something are called."""

_CONTROL = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{", "eval", "exec"})
_ENDING = re.compile(r"\s*(?:fi|done|esac|\}|;;)\s*")
_VARIABLE = re.compile(r"\$(?:\{(\w{1,80})\}|(\w{1,80}))")
_FIRST_WORDS = 8
_MOST_COMMANDS = 20


@dataclass(frozen=True)
class StartScript:
    """A script. `commands` are the lines and words that it ends in; `defaults` are values where nothing is given."""

    path: str
    commands: tuple[tuple[int, tuple[str, ...]], ...] = ()
    reads: tuple[EnvRead, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])


def is_script(path: str) -> bool:
    """Whether a file is called like such a script."""
    return any(fnmatchcase(path if "/" in glob else basename(path), glob) for glob in GLOBS)


def read_script(file: SourceFile) -> StartScript:
    """What a script reads and what it runs: each `exec`, and the last command."""
    lines = shell_lines(file)
    fixed, defaults = given_values(lines)
    commands = tuple(
        (number, tuple(_filled(word, fixed) for word in words)) for number, words in _final_commands(lines)
    )
    return StartScript(file.path, commands, tuple(script_reads(lines)), defaults)


def _filled(word: str, fixed: Mapping[str, str]) -> str:
    """The word with the variables that the script itself sets for good; those of the environment stay."""
    return _VARIABLE.sub(lambda found: fixed.get(found[1] or found[2], found[0]), word) if fixed else word


def started_script(words: Sequence[str], scripts: Iterable[SourceFile], folder: str) -> SourceFile | None:
    """The file that a command starts by its name in the image: the one whose path ends most alike, then the one
    nearest to `folder`, where the command is written; None where two are as good."""
    by_name: dict[str, list[SourceFile]] = {}
    for file in scripts:
        by_name.setdefault(file.name, []).append(file)
    for command in simple_commands(words):
        for word in command[:_FIRST_WORDS]:
            likely = [(_likeness(word, file, folder), file) for file in by_name.get(basename(word), ())]
            best = max((score for score, _ in likely), default=None)
            files = [file for score, file in likely if score == best]
            if len(files) == 1 and is_shell(files[0]):
                return files[0]
    return None


def _likeness(word: str, file: SourceFile, folder: str) -> tuple[int, int, int]:
    ending = _same(word.split("/")[::-1], file.path.split("/")[::-1])
    return ending, _same(dirname(file.path).split("/"), folder.split("/")), -file.path.count("/")


def _same(ones: list[str], others: list[str]) -> int:
    """How many parts two paths have in common from the first on."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(ones, others, strict=False))))


def _final_commands(lines: Sequence[ShellLine]) -> Iterator[tuple[int, list[str]]]:
    commands = [line for line in lines if not line.text]
    last = next((line for line in reversed(commands) if not _ENDING.fullmatch(line.code)), None)
    chosen = [line for line in commands if line is last or re.search(r"(?<!\w)exec\s", line.code)]
    for line in chosen[-_MOST_COMMANDS:]:
        for words in simple_commands(("sh", "-c", line.code)):
            while words and words[0] in _CONTROL:
                words = words[1:]
            if words:
                yield line.number, words
