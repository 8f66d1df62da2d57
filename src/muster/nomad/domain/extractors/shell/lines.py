"""The lines of a shell script, as far as they are read: comments, single quotes and quoted here-documents are gone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile

_SHEBANG = re.compile(
    r"#!\s{0,9}(?:/usr)?(?:/local)?/bin/(?:env\s{1,9}(?:-S\s{1,9})?)?(?:sh|bash|ash|dash|zsh|with-contenv)\b"
)
_HERE = re.compile(r"(?<!<)<<-?\s{0,3}(\\|['\"]?)([A-Za-z_]\w{0,40})['\"]?")
# Double quotes stay, since variables count in them; in single quotes a dollar is a dollar.
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*+\"?|\\.|('[^']*+'?)|((?:(?<=[\s;&|(])|^)#.*+)", re.DOTALL)
_MOST_LINES = 3_000
_LONGEST_LINE = 4_000


@dataclass(frozen=True)
class ShellLine:
    """A line with its continuations. `text` is a here-document's: no command."""

    number: int
    code: str
    text: bool = False


def is_shell(file: SourceFile) -> bool:
    """Whether a file is a script for a shell, by its first line, else by its name."""
    if file.text.startswith("#!"):
        return _SHEBANG.match(file.text[:200]) is not None
    return file.name.endswith((".sh", ".bash")) or "entrypoint" in file.name


def shell_lines(file: SourceFile) -> list[ShellLine]:
    """The lines of a script, at most 3,000; those that continue are one, at the number of the first."""
    return [line for line in _lines(file) if line.code.strip()]


def _lines(file: SourceFile) -> Iterator[ShellLine]:
    waiting: list[tuple[str, bool]] = []
    held, start = "", 0
    for number, raw in enumerate(file.lines[:_MOST_LINES], start=1):
        if waiting:
            word, quoted = waiting[0]
            if raw.strip() == word:
                waiting.pop(0)
            elif not quoted:
                yield ShellLine(number, raw[:_LONGEST_LINE], text=True)
            continue
        start = start or number
        held += raw[:_LONGEST_LINE]
        if held.endswith("\\") and len(held) < 4 * _LONGEST_LINE:
            held = held[:-1] + " "
            continue
        code = _TOKEN.sub(_kept, held)
        waiting = [(found[2], bool(found[1])) for found in _HERE.finditer(code)][:3]
        yield ShellLine(start, code)
        held, start = "", 0


def _kept(found: "re.Match[str]") -> str:
    """What stands for a token: nothing for a comment, a quoted word without its dollars for single quotes."""
    if found[2] is not None:
        return ""
    return found[0].replace("$", "") if found[1] is not None else found[0]
