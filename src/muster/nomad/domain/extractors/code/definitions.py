"""Names that hold one of a few words and are followed by what defines them, such as `listenAddr :=` or `"port":`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from muster.nomad.domain.extractors.code.text import MOST_MATCHES, CodeText

LISTENING = (
    *("port", "Port", "PORT", "addr", "Addr", "ADDR", "listen", "Listen", "LISTEN"),
    *("bind", "Bind", "BIND"),
)
"""Words in the names of what says where code listens."""

_LONGEST_HALF = 40
"""How many letters of a name may stand before its word, and behind it."""
_LONGEST_HEAD = 40


@dataclass(frozen=True)
class Definition:
    """A name in a file: where it starts, and where what defines it ends."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Definitions:
    """What is looked for: `words` as they are written in names, `letters` of names, `tail` the expression behind one,
    `head` the expression in front of one.

    An expression that starts with a plain word is found many times faster than one that starts with any letters.
    """

    words: Sequence[str]
    letters: str
    tail: str
    head: str = ""

    def find(self, text: CodeText) -> Iterator[Definition]:
        """The definitions in a file, in their order."""
        found = {one.end: one for pattern in self._patterns for one in self._found(text, pattern)}
        return islice((found[end] for end in sorted(found)), MOST_MATCHES)

    def _found(self, text: CodeText, pattern: "re.Pattern[str]") -> Iterator[Definition]:
        for match in pattern.finditer(text.code):
            half = self._half.search(text.code, max(0, match.start() - _LONGEST_HALF - 1), match.start())
            start = half.start() if half else match.start()
            if match.start() - start <= _LONGEST_HALF and self._begins(text, start):
                yield Definition(text.code[start : match.end(1)], start, match.end())

    @cached_property
    def _patterns(self) -> list["re.Pattern[str]"]:
        name = rf"{self.letters}{{0,{_LONGEST_HALF}}}"
        return [re.compile(f"({re.escape(word)}{name}){self.tail}") for word in self.words]

    def _begins(self, text: CodeText, start: int) -> bool:
        return not self.head or self._head.search(text.code, max(0, start - _LONGEST_HEAD), start) is not None

    @cached_property
    def _half(self) -> "re.Pattern[str]":
        return re.compile(rf"{self.letters}++\Z")

    @cached_property
    def _head(self) -> "re.Pattern[str]":
        return re.compile(rf"(?:{self.head})\Z")
