"""Parses quoted strings and heredocs: literal text, `${}`, `%{if}`, `%{for}`, `~` trims, `<<-` indents."""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from muster.nomad.domain.hcl.cursor import Cursor
from muster.nomad.domain.hcl.nodes import Expression, Interpolation, Template, TemplateFor, TemplateIf, Text
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.tokens import HclSyntaxError, Token

Parse = Callable[[Cursor], Expression]

_ESCAPE = re.compile(r'\$\$\{|%%\{|\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})')
_DOUBLED = re.compile(r"\$\$\{|%%\{")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class _Control:
    """A directive that opens, turns or closes: its word, span and what it evaluates."""

    word: str
    span: Span
    names: tuple[str, ...] = ()
    expression: Expression | None = None


_Piece = Text | Interpolation | _Control


def parse_template(cursor: Cursor, parse: Parse) -> Template:
    """The string that opens at the cursor. Raises HclSyntaxError."""
    opening = cursor.read()
    heredoc = opening.kind == "oheredoc"
    pieces = _pieces(cursor, parse, heredoc=heredoc)
    closing = cursor.expect("cheredoc" if heredoc else "cquote")
    if opening.text.startswith("<<-"):
        pieces = _flush(pieces)
    parts = _parts(_Queue(_melded(pieces)), ())
    return Template(opening.span.to(closing.span), parts, heredoc)


def unescape(text: str, *, quoted: bool) -> str:
    """What a run of literal text means; in heredocs only `$${` and `%%{` are escapes."""
    return _normal((_ESCAPE if quoted else _DOUBLED).sub(_meaning, text))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _meaning(match: re.Match[str]) -> str:
    text = match.group()
    if text[0] in "$%":
        return text[1:]
    if text[1] in "uU":
        code = int(text[2:], 16)
        return chr(code) if code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _SIMPLE[text[1]]


def _pieces(cursor: Cursor, parse: Parse, *, heredoc: bool) -> list[_Piece]:
    pieces: list[_Piece] = []
    trim_next = False
    while cursor.at("text", "interp", "control"):
        token = cursor.read()
        if token.kind == "text":
            text = unescape(token.text, quoted=not heredoc)
            pieces.append(Text(token.span, text.lstrip() if trim_next else text))
            trim_next = False
            continue
        if token.text.endswith("~") and pieces and isinstance(pieces[-1], Text):
            pieces[-1] = replace(pieces[-1], value=pieces[-1].value.rstrip())
        with cursor.newlines(False):
            inner = parse(cursor) if token.kind == "interp" else _control(cursor, token, parse)
            closing = cursor.expect("seqend")
        trim_next = closing.text.startswith("~")
        span = token.span.to(closing.span)
        pieces.append(replace(inner, span=span) if isinstance(inner, _Control) else Interpolation(span, inner))
    return pieces


def _control(cursor: Cursor, opening: Token, parse: Parse) -> _Control:
    word = cursor.expect("ident").text
    if word in ("else", "endif", "endfor"):
        return _Control(word, opening.span)
    if word == "if":
        return _Control(word, opening.span, expression=parse(cursor))
    if word != "for":
        raise cursor.error("Invalid template control keyword", f'"{word}" is not a valid template control keyword.')
    names = [cursor.expect("ident").text]
    if cursor.take(","):
        names.append(cursor.expect("ident").text)
    if not cursor.at_word("in"):
        raise cursor.error("Invalid 'for' directive", "For directive requires 'in' keyword after names.")
    cursor.read()
    return _Control(word, opening.span, tuple(names), parse(cursor))


def _flush(pieces: list[_Piece]) -> list[_Piece]:
    """The indent that all lines share, taken away; a blank line does not count."""
    starts = [index for index in range(len(pieces)) if index == 0 or _ends_line(pieces[index - 1])]
    counted = [index for index in starts if not _blank(pieces[index])]
    if not counted:
        return pieces
    indent = min(_indent(pieces[index]) for index in counted)
    flushed = list(pieces)
    for index in counted:
        piece = pieces[index]
        if isinstance(piece, Text):
            flushed[index] = Text(Span(piece.span.start + indent, piece.span.end), piece.value[indent:])
    return flushed


def _ends_line(piece: _Piece) -> bool:
    return isinstance(piece, Text) and piece.value.endswith("\n")


def _blank(piece: _Piece) -> bool:
    return isinstance(piece, Text) and not piece.value.strip() and piece.value.endswith("\n")


def _indent(piece: _Piece) -> int:
    return len(piece.value) - len(piece.value.lstrip()) if isinstance(piece, Text) else 0


def _melded(pieces: list[_Piece]) -> list[_Piece]:
    """Neighbouring texts joined, so that a heredoc without templates is one text."""
    melded: list[_Piece] = []
    for piece in pieces:
        last = melded[-1] if melded else None
        if isinstance(piece, Text) and isinstance(last, Text):
            melded[-1] = Text(last.span.to(piece.span), _normal(last.value + piece.value))
        else:
            melded.append(piece)
    return melded


class _Queue:
    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._at = 0

    def next(self) -> _Piece | None:
        self._at += 1
        return self._pieces[self._at - 1] if self._at <= len(self._pieces) else None

    def back(self) -> None:
        self._at -= 1


def _parts(queue: _Queue, until: tuple[str, ...]) -> tuple[Expression, ...]:
    parts: list[Expression] = []
    while piece := queue.next():
        if not isinstance(piece, _Control):
            parts.append(piece)
        elif piece.word in until:
            queue.back()
            return tuple(parts)
        else:
            parts.append(_directive(queue, piece))
    if until:
        raise HclSyntaxError("Unclosed template", f"Expected one of {', '.join(until)}.", Span(0, 0))
    return tuple(parts)


def _directive(queue: _Queue, opening: _Control) -> Expression:
    if opening.expression is None:
        raise HclSyntaxError(f"Unexpected {opening.word} directive", "Nothing is open here.", opening.span)
    if opening.word == "for":
        body = _parts(queue, ("endfor",))
        *key, value = opening.names
        span = opening.span.to(_closing(queue).span)
        return TemplateFor(span, key[0] if key else None, value, opening.expression, body)
    then = _parts(queue, ("else", "endif"))
    closing = _closing(queue)
    otherwise: tuple[Expression, ...] = ()
    if closing.word == "else":
        otherwise = _parts(queue, ("endif",))
        closing = _closing(queue)
    return TemplateIf(opening.span.to(closing.span), opening.expression, then, otherwise)


def _closing(queue: _Queue) -> _Control:
    piece = queue.next()
    assert isinstance(piece, _Control), "a part list ends at a directive"
    return piece
