"""Names that hold one of a few words and are followed by what defines them, such as `listenAddr :=` or `"port":`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from muster.nomad.domain.extractors.code.text import MOST_MATCHES, CodeText

_LONGEST_HALF = 40
"""How many letters of a name may stand before its word, and behind it."""


@dataclass(frozen=True)
class Definition:
    """A name in a file: where it starts, and where what defines it ends."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Definitions:
    """What is looked for: `words` as they are written in names, `letters` of names, `tail` the expression behind one.

    An expression that starts with a plain word is found many times faster than one that starts with any letters.
    """

    words: Sequence[str]
    letters: str
    tail: str

    def find(self, text: CodeText) -> Iterator[Definition]:
        """The definitions in a file, in their order."""
        found = {one.end: one for pattern in self._patterns for one in self._found(text, pattern)}
        return islice((found[end] for end in sorted(found)), MOST_MATCHES)

    def _found(self, text: CodeText, pattern: "re.Pattern[str]") -> Iterator[Definition]:
        for match in pattern.finditer(text.code):
            head = self._head.search(text.code, max(0, match.start() - _LONGEST_HALF - 1), match.start())
            start = head.start() if head else match.start()
            if match.start() - start <= _LONGEST_HALF:
                yield Definition(text.code[start : match.end(1)], start, match.end())

    @cached_property
    def _patterns(self) -> list["re.Pattern[str]"]:
        name = rf"{self.letters}{{0,{_LONGEST_HALF}}}"
        return [re.compile(f"({re.escape(word)}{name}){self.tail}") for word in self.words]

    @cached_property
    def _head(self) -> "re.Pattern[str]":
        return re.compile(rf"{self.letters}++\Z")
