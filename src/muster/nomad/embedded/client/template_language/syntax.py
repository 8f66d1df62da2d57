"""Reads a template of Go's language into a tree, as far as job files use it: text, actions, if, with, range."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 50
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|\||:=|=(?!=)|,|[^\s()|,]+')
_OPENERS = ("if", "with", "range")


class NotUnderstood(Exception):
    """The template is beyond what is read here."""


@dataclass(frozen=True)
class Text:
    """What stands there as it is."""

    text: str


@dataclass(frozen=True)
class Action:
    """Words whose value is printed, or given a name."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """`if`, `with` or `range` over words, and what follows `else`."""

    kind: str
    words: tuple[str, ...]
    body: tuple["Part", ...]
    otherwise: tuple["Part", ...] = ()


Part = Text | Action | Block


def parse(text: str, left: str, right: str) -> tuple[Part, ...]:
    """The tree of a template. Raises NotUnderstood."""
    reader = _Reader(list(_pieces(text, left, right)))
    parts, end = reader.parts(0)
    if end:
        raise NotUnderstood(f"unexpected {end[0]}")
    return parts


def _pieces(text: str, left: str, right: str) -> Iterator[Text | tuple[str, ...]]:
    """Texts and the words of actions, in turn; a dash trims the blanks beside it."""
    action = re.compile(f"{re.escape(left)}(.*?){re.escape(right)}", re.DOTALL)
    at, trimming = 0, False
    for found in action.finditer(text):
        inner, before = found[1], text[at : found.start()]
        before = before.lstrip() if trimming else before
        yield Text(before.rstrip() if inner.startswith("-") else before)
        trimming, at = inner.endswith("-"), found.end()
        stripped = inner.removeprefix("-").removesuffix("-").strip()
        if not stripped.startswith("/*"):
            yield tuple(_WORD.findall(stripped))
    rest = text[at:]
    yield Text(rest.lstrip() if trimming else rest)


class _Reader:
    """Goes over the pieces once."""

    def __init__(self, pieces: list[Text | tuple[str, ...]]) -> None:
        self._pieces = iter(pieces)

    def parts(self, depth: int) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        """The parts up to the words of an `else` or `end`, or to the end of the text."""
        if depth > MAX_DEPTH:
            raise NotUnderstood("it nests too deep")
        found: list[Part] = []
        for piece in self._pieces:
            if isinstance(piece, Text):
                found.append(piece)
            elif piece and piece[0] in ("else", "end"):
                return tuple(found), piece
            elif piece and piece[0] in _OPENERS:
                found.append(self._block(piece[0], piece[1:], depth))
            elif piece and piece[0] in ("define", "block", "template", "break", "continue"):
                raise NotUnderstood(piece[0])
            else:
                found.append(Action(piece))
        return tuple(found), ()

    def _block(self, kind: str, words: tuple[str, ...], depth: int) -> Block:
        body, end = self.parts(depth + 1)
        if not end:
            raise NotUnderstood(f"{kind} without end")
        if end[0] == "end":
            return Block(kind, words, body)
        if len(end) > 1:
            return Block(kind, words, body, (self._block(end[1], end[2:], depth + 1),))
        otherwise, _ = self.parts(depth + 1)
        return Block(kind, words, body, otherwise)
