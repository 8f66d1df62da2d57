"""The lines that a model was shown, and whether what it quotes stands in them: a claim without its lines is none."""

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from muster.nomad.domain.values import Part

MOST_QUOTED = 200
"""Characters of a line that are shown, and so that can be quoted."""

_COMMENT = re.compile(r"\s*(?:#(?!!)|//|/\*|\*|--\s|;|<!--|%|REM\b|dnl\b)")


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


def speaking(quotes: Iterable[Citation]) -> tuple[str, ...]:
    """The words of the quoted lines that are no comment: a comment shows what somebody says, not what runs."""
    return tuple(quote.text for quote in quotes if not _COMMENT.match(quote.text))
