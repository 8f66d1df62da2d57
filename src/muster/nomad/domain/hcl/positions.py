"""From offsets in a text to lines and columns, as HashiCorp's parser counts them."""

import unicodedata
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from muster.nomad.domain.hcl.diagnostics import Place

_ZERO_WIDTH_JOINER = "\u200d"


class Span(NamedTuple):
    """Offsets into a text, in characters; the end is exclusive."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """From the start of this to the end of the other."""
        return Span(self.start, other.end)


class Edit(NamedTuple):
    """The text that takes the place of a span; an empty span only inserts."""

    span: Span
    text: str


class Source:
    """A file's text and its name."""

    def __init__(self, text: str, filename: str) -> None:
        self.text = text
        self.filename = filename

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(index + 1 for index, char in enumerate(self.text) if char == "\n")]

    def cut(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def place(self, span: Span) -> Place:
        """Where a span lies."""
        return Place(*self._point(span.start), *self._point(span.end))

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, _columns(self.text[self._line_starts[line - 1] : offset]) + 1


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    joined = sum(text.count(sign) for sign in (_ZERO_WIDTH_JOINER,))
    marks = sum(unicodedata.category(char) in ("Mn", "Me") for char in text)
    return max(len(text) - marks - 2 * joined, 0)
