"""Walks over tokens: where a parser stands, whether line ends count, how deep it is nested."""

from collections.abc import Generator
from contextlib import contextmanager

from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.tokens import HclSyntaxError, Kind, Token

MAX_DEPTH = 60
"""Nesting that is refused: no job needs it, and Python's stack must outlast it."""


class Cursor:
    """The parser's place in the tokens."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._newlines = [True]
        self._depth = 0

    def peek(self) -> Token:
        """The next token, line ends left out where they do not count."""
        if not self._newlines[-1]:
            while self._tokens[self._at].kind == "newline":
                self._at += 1
        return self._tokens[self._at]

    def read(self) -> Token:
        """The next token, consumed; `eof` is never passed."""
        token = self.peek()
        if token.kind != "eof":
            self._at += 1
        return token

    def at(self, *kinds: Kind) -> bool:
        """Whether the next token is one of these."""
        return self.peek().kind in kinds

    def at_word(self, word: str) -> bool:
        """Whether the next token is this identifier."""
        token = self.peek()
        return token.kind == "ident" and token.text == word

    def take(self, *kinds: Kind) -> Token | None:
        """The next token if it is one of these, consumed."""
        return self.read() if self.at(*kinds) else None

    def expect(self, *kinds: Kind) -> Token:
        """The next token, which must be one of these. Raises HclSyntaxError."""
        if not self.at(*kinds):
            raise self.error("Unexpected token", f"Expected {' or '.join(kinds)}, found {self.peek().text!r}.")
        return self.read()

    def skip_newlines(self) -> None:
        """Moves past line ends."""
        while self.take("newline"):
            pass

    def last(self) -> Span:
        """The span of the token that was read last."""
        return self._tokens[max(self._at - 1, 0)].span

    def error(self, summary: str, detail: str) -> HclSyntaxError:
        """An error at the next token."""
        return HclSyntaxError(summary, detail, self.peek().span)

    @contextmanager
    def newlines(self, count: bool) -> Generator[None]:
        """Line ends count, or do not, until the block ends."""
        self._newlines.append(count)
        yield
        self._newlines.pop()

    @contextmanager
    def nested(self) -> Generator[None]:
        """One level deeper. Raises HclSyntaxError beyond MAX_DEPTH."""
        self._depth += 1
        self.limit(self._depth)
        yield
        self._depth -= 1

    def limit(self, levels: int) -> None:
        """Refuses more levels than MAX_DEPTH. Raises HclSyntaxError."""
        if levels > MAX_DEPTH:
            raise self.error("Nested too deeply", f"More than {MAX_DEPTH} levels of nesting are not read.")
