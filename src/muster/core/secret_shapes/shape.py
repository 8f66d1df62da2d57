"""A secret's shape, as data: how one kind of secret looks in any text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

MASK = "[redacted]"

ESCAPED = r"(?:(?<=\\[nrtv])|(?<=[\[;][0-9]m)|(?<=[\[;][0-9]{2}m)|(?<=%[0-9A-Fa-f]{2}))"
"""After the end of a line as JSON writes it, after a colour of a terminal, after a sign as URLs write it.

Each begins with a sign that is in no token, so that a word is entered once.
"""

StandIn = Callable[[re.Match[str]], str]
"""What stands in the place of a secret: made of the match, whose group `name` may say how it is called."""


def start(letters: str = "A-Za-z0-9_") -> str:
    """A pattern: here a word made of these begins."""
    return rf"(?:(?<![{letters}])|{ESCAPED})"


def always(match: re.Match[str]) -> bool:
    """Whatever fits the pattern is a secret."""
    return True


def has_digit(match: re.Match[str]) -> bool:
    """A word without a digit is a word."""
    return any(letter.isdigit() for letter in match["secret"])


def is_mixed(match: re.Match[str]) -> bool:
    """Small letters, capitals and digits: no hash, no path, no name of a class."""
    secret = match["secret"]
    return all(any(map(kind, secret)) for kind in (str.isdigit, str.isupper, str.islower))


@dataclass(frozen=True)
class Shape:
    """One kind of secret. The pattern's group `secret` is what is masked; what stands around it stays.

    A pattern costs as much per character in a long line as in a short one: a word is entered at its start only, and
    never twice. `hints` are texts in small letters, one of which is in every text that the pattern fits; none: it is
    always looked for. `example` is one secret with what has to stand around it, `hidden` the secret in it, where that
    is not the whole. `certain` looks at what fits the pattern again.
    """

    kind: str
    pattern: str
    hints: tuple[str, ...]
    example: str
    hidden: str = ""
    certain: Callable[[re.Match[str]], bool] = always

    def replace(self, text: str, stand_in: StandIn) -> str:
        """The text with something else in the place of every secret of this kind."""
        return self._compiled.sub(lambda match: self._replaced(match, stand_in), text)

    def may_be_in(self, small: str) -> bool:
        """Whether a text, given in small letters, can hold one."""
        return not self.hints or any(hint in small for hint in self.hints)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:  # at first use: every command line imports the table
        return re.compile(self.pattern, re.MULTILINE)

    def _replaced(self, match: re.Match[str], stand_in: StandIn) -> str:
        if not self.certain(match):
            return match[0]
        start, end = (at - match.start() for at in match.span("secret"))
        return match[0][:start] + stand_in(match) + match[0][end:]
