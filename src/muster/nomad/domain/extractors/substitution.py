"""Variables in text, as shells, Dockerfiles and compose files write them: `$X`, `${X}`, `${X:-default}`.

What has no value stays as it is written and is named in `missing`: an empty string is never made up for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

Lookup = Callable[[str], str | None]

MAX_TEXT = 64 * 1024
"""Longer results are cut off as unresolved: `ENV A=$A$A` forty times over would fill the memory."""
_MAX_DEPTH = 12

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":-|:\+|:\?|[-+?]")


@dataclass(frozen=True)
class Expanded:
    """A text with its variables replaced. `used` are all variables that it names, `missing` those without a value."""

    text: str
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    end: int
    expanded: Expanded


def joined(pieces: list[Expanded]) -> Expanded:
    """The pieces in a row."""
    text = "".join(piece.text for piece in pieces)
    missing = [name for piece in pieces for name in piece.missing]
    if len(text) > MAX_TEXT:
        text, missing = text[:MAX_TEXT], [*missing, "(too long)"]
    used = [name for piece in pieces for name in piece.used]
    return Expanded(text, tuple(dict.fromkeys(used)), tuple(dict.fromkeys(missing)))


def expand(text: str, lookup: Lookup, *, dollar_escape: bool = False, depth: int = 0) -> Expanded:
    """The text with every variable replaced that `lookup` knows. `dollar_escape`: `$$` is a dollar, as in compose."""
    pieces: list[Expanded] = []
    start, length = 0, 0
    while start < len(text) and length <= MAX_TEXT:
        dollar = text.find("$", start)
        if dollar < 0:
            break
        pieces.append(Expanded(text[start:dollar]))
        if dollar_escape and text.startswith("$$", dollar):
            piece = _Piece(dollar + 2, Expanded("$"))
        else:
            piece = _variable(text, dollar, lookup, dollar_escape, depth)
        pieces.append(piece.expanded)
        start, length = piece.end, length + dollar - start + len(piece.expanded.text)
    return joined([*pieces, Expanded(text[start:])])


def variable_at(text: str, dollar: int, lookup: Lookup) -> tuple[Expanded, int]:
    """The variable that begins with the dollar at this index, and where it ends; the dollar itself if none does."""
    piece = _variable(text, dollar, lookup, False, 0)
    return piece.expanded, piece.end


def _variable(text: str, dollar: int, lookup: Lookup, dollar_escape: bool, depth: int) -> _Piece:
    if text.startswith("${", dollar):
        end = _closing(text, dollar + 2)
        if end is None:
            return _Piece(len(text), Expanded(text[dollar:]))
        inner, whole = text[dollar + 2 : end], text[dollar : end + 1]
        return _Piece(end + 1, _braced(inner, whole, lookup, dollar_escape, depth))
    found = _NAME.match(text, dollar + 1)
    if found is None:
        return _Piece(dollar + 1, Expanded("$"))
    return _Piece(found.end(), _plain(found.group(), found.group(), text[dollar : found.end()], lookup))


def _closing(text: str, start: int) -> int | None:
    """The index of the brace that closes the one before `start`."""
    depth = 1
    for index in range(start, len(text)):
        if text[index] == "}":
            depth -= 1
        elif text[index] == "{" and text[index - 1] == "$":
            depth += 1
        if depth == 0:
            return index
    return None


def _plain(name: str, inner: str, whole: str, lookup: Lookup) -> Expanded:
    value = lookup(name) if name == inner else None
    return Expanded(whole, (name,), (name,)) if value is None else Expanded(value, (name,))


def _braced(inner: str, whole: str, lookup: Lookup, dollar_escape: bool, depth: int) -> Expanded:
    """`X`, `X:-word`, `X-word`, `X:+word`, `X+word`, `X:?why`, `X?why`; anything else has no value that we know."""
    found = _NAME.match(inner)
    if found is None:
        return Expanded(whole, (), (inner[:40],))
    name, rest = found.group(), inner[found.end() :]
    operator = _OPERATOR.match(rest)
    if operator is None or depth >= _MAX_DEPTH:
        return _plain(name, inner, whole, lookup)
    value = lookup(name)
    given = value is not None and (value != "" or not operator.group().startswith(":"))
    word = rest[operator.end() :]
    match operator.group()[-1], given:
        case ("-", False) | ("+", True):
            return joined([Expanded("", (name,)), expand(word, lookup, dollar_escape=dollar_escape, depth=depth + 1)])
        case "+", False:
            return Expanded("", (name,))
        case _:
            return _plain(name, name, whole, lookup if given else _nothing)


def _nothing(name: str) -> str | None:
    return None
