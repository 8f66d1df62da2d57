"""The lines that a model was shown, and whether what it quotes stands in them: a claim without its lines is none."""

import re
from collections.abc import Iterable
from posixpath import basename

from pydantic import BaseModel, ConfigDict

from muster.nomad.domain.values import Part

MOST_QUOTED = 200
"""Characters of a line that are shown, and so that can be quoted."""

_COMMENT = re.compile(r"\s*(?:#(?!!)|//|/\*|\*|--\s|;|<!--|%|REM\b|dnl\b)")

_LABEL = re.compile(r"\s*(?:ONBUILD\s+)?(?:LABEL|MAINTAINER)\s", re.IGNORECASE)
_MESSAGE = re.compile(
    r"\s*(?:RUN\s+|&&\s*|\|\|\s*)?@?(?:"
    r"(?:[\w$]+(?:\.|::|->))*(?:e?print(?:f|ln|s)?!?|fprintf|sprintf|puts|echo|say|writeln?|writeline|warn)[\s(]"
    r"|(?:[\w$]+(?:\.|::|->))*(?:log\w*|console|slog)(?:(?:\.|::|->)\w+!?)?\s*\(?\s*[A-Za-z@$]{0,2}[\"'`]"
    r"|(?:[\w$]+(?:\.|::|->))*(?:debug|info|warning|error|trace|die|fail|throw|raise)!?\s*\(?\s*[A-Za-z@$]{0,2}[\"'`]"
    r")",
    re.IGNORECASE,
)
"""Prints or logs. `log.Fatal(http.ListenAndServe(":80", nil))` runs what it would log."""
_TEXT = re.compile(r"\s*[rbfu]{0,2}(?:\"\"\"|'''|([\"'`])(?:\\.|(?!\1)[^\\])*\1\s*;?\s*$)", re.IGNORECASE)
"""A line that is nothing but a text. One before a comma is an argument or a part of a list."""


class Citation(BaseModel):
    """A line that a model quotes: a file or block that it was shown, the number before `|`, and the line's words."""

    model_config = ConfigDict(frozen=True)

    file: str
    line: int
    text: str


class Shown(Part):
    """What a model was shown: by file or block, its lines by number, each without the spaces at its ends' right."""

    files: dict[str, dict[int, str]] = {}

    @property
    def text(self) -> str:
        """As it is shown: each file under its name, each line behind its number."""
        return "\n".join(
            "\n".join((f"--- file: {path} ---", *(f"{number}| {line}" for number, line in lines.items())))
            for path, lines in self.files.items()
        )

    def holds(self, quote: Citation) -> bool:
        """Whether that line stands there, word for word."""
        line = self.files.get(quote.file, {}).get(quote.line)
        return line is not None and bool(line.strip()) and line.strip() == quote.text.strip()[:MOST_QUOTED].strip()


def shown_block(name: str, lines: Iterable[str]) -> Shown:
    """One block of lines, numbered from 1."""
    return Shown(files={name: {number: shown_line(line) for number, line in enumerate(lines, 1)}})


def block_text(shown: Shown, name: str) -> str:
    """A block's lines behind their numbers, without its name."""
    return "\n".join(f"{number}| {line}" for number, line in shown.files.get(name, {}).items())


def shown_line(line: str) -> str:
    """A line as it is shown: one line whatever it holds, cut to what can be quoted."""
    return " ".join(line.rstrip().expandtabs(4).splitlines())[:MOST_QUOTED].rstrip()


def speaking(quotes: Iterable[Citation], shown: Shown) -> tuple[str, ...]:
    """The words of the quoted lines that run: not a comment, a label, a message or a text by itself, which show what
    somebody says."""
    return tuple(quote.text for quote in quotes if not _only_says(quote, shown))


def _only_says(quote: Citation, shown: Shown) -> bool:
    if any(form.match(quote.text) for form in (_COMMENT, _MESSAGE, _TEXT)):
        return True
    return _is_dockerfile(quote.file) and _LABEL.match(_opening(quote, shown)) is not None


def _opening(quote: Citation, shown: Shown) -> str:
    """The first line of the instruction that the quoted line belongs to."""
    lines, number = shown.files.get(quote.file, {}), quote.line
    while lines.get(number - 1, "").endswith("\\"):
        number -= 1
    return lines.get(number, quote.text)


def _is_dockerfile(path: str) -> bool:
    name = basename(path).lower()
    return "dockerfile" in name or "containerfile" in name
