"""Cuts HCL text into tokens: quoted strings and heredocs with their templates, numbers, operators, comments."""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from muster.nomad.domain.hcl.positions import Span

Kind = str
"""`ident number newline eof oquote cquote oheredoc cheredoc text interp control seqend`, or the operator itself."""


class Token(NamedTuple):
    """A piece of the text; `text` is the source as written."""

    kind: Kind
    span: Span
    text: str


class Comment(NamedTuple):
    """A comment as written, without the line end."""

    span: Span
    text: str


class HclSyntaxError(Exception):
    """The text is not HCL; raised by our own lexer and parser, caught where a text is read."""

    def __init__(self, summary: str, detail: str, span: Span) -> None:
        super().__init__(f"{summary}; {detail}")
        self.summary = summary
        self.detail = detail
        self.span = span


_MAIN = re.compile(
    r"""
      (?P<space>[ \t]+)
    | (?P<comment>(?:\#|//)[^\n]*|/\*.*?\*/)
    | (?P<newline>\r?\n)
    | (?P<number>\d(?:(?:[\d.]|[eE][+-]?\d)*(?:\d|[eE][+-]?\d))?)
    | (?P<ident>[^\W\d][\w-]*)
    | (?P<oheredoc><<-?(?P<marker>[^\W\d][\w-]*)\r?\n)
    | (?P<seqend>~\})
    | (?P<op>==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|[\[\](){}.,*/%+\-=<>!?:"])
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERAL = r"\$\$\{|%%\{|\$(?!\{)|%(?!\{)"
_QUOTED_TEXT = re.compile(rf'(?:{_LITERAL}|\\[^\r\n]|[^\\"$%\r\n])+')
_HEREDOC_TEXT = re.compile(rf"(?:{_LITERAL}|[^$%\n])*\n?")
_OPENING = re.compile(r"\$\{~?|%\{~?")


@dataclass
class _Mode:
    kind: Literal["main", "quoted", "heredoc"]
    marker: str = ""
    braces: int = 0
    at_line_start: bool = True


@dataclass
class _Lexer:
    text: str
    at: int = 0
    tokens: list[Token] = field(default_factory=list[Token])
    comments: list[Comment] = field(default_factory=list[Comment])
    modes: list[_Mode] = field(default_factory=lambda: [_Mode("main")])

    def run(self) -> None:
        if self.text.startswith("\ufeff"):
            self.at = 1
        while self.at < len(self.text):
            mode = self.modes[-1]
            if mode.kind == "main":
                self._main(mode)
            elif mode.kind == "quoted":
                self._quoted()
            else:
                self._heredoc(mode)
        if len(self.modes) > 1:
            end = Span(len(self.text), len(self.text))
            raise HclSyntaxError("Unterminated template string", "No closing marker was found for the string.", end)
        self._emit("eof", len(self.text))

    def _emit(self, kind: Kind, end: int) -> None:
        self.tokens.append(Token(kind, Span(self.at, end), self.text[self.at : end]))
        self.at = end

    def _main(self, mode: _Mode) -> None:
        match = _MAIN.match(self.text, self.at)
        if match is None:
            span = Span(self.at, self.at + 1)
            raise HclSyntaxError("Invalid character", "This character is not used within the language.", span)
        kind, end = match.lastgroup, match.end()
        if kind == "comment":
            end -= match.group().endswith("\r")
            self.comments.append(Comment(Span(self.at, end), self.text[self.at : end]))
            self.at = end
        elif kind == "space":
            self.at = end
        elif kind == "op":
            self._operator(match.group(), mode)
        elif match.group("oheredoc"):
            self.modes.append(_Mode("heredoc", marker=match.group("marker")))
            self._emit("oheredoc", end)
        elif kind == "ident":
            self._emit(kind, self._identifier_end(end))
        elif kind == "seqend":
            self._close_sequence(mode)
        else:
            self._emit(kind or "", end)

    def _identifier_end(self, end: int) -> int:
        """Beyond letters and digits: the combining marks that Unicode lets identifiers go on with."""
        while end < len(self.text) and (self.text[end] == "-" or f"a{self.text[end]}".isidentifier()):
            end += 1
        return end

    def _operator(self, text: str, mode: _Mode) -> None:
        if text == '"':
            self.modes.append(_Mode("quoted"))
            self._emit("oquote", self.at + 1)
        elif text == "}" and mode.braces == 0 and len(self.modes) > 1:
            self._close_sequence(mode)
        else:
            mode.braces += (text == "{") - (text == "}")
            self._emit(text, self.at + len(text))

    def _close_sequence(self, mode: _Mode) -> None:
        if mode.braces == 0 and len(self.modes) > 1:
            self.modes.pop()
        self._emit("seqend", self.at + (2 if self.text[self.at] == "~" else 1))

    def _open_sequence(self) -> bool:
        match = _OPENING.match(self.text, self.at)
        if match:
            self.modes[-1].at_line_start = False
            self.modes.append(_Mode("main"))
            self._emit("interp" if match.group().startswith("$") else "control", match.end())
        return match is not None

    def _quoted(self) -> None:
        if self._open_sequence():
            return
        if self.text[self.at] == '"':
            self.modes.pop()
            self._emit("cquote", self.at + 1)
            return
        match = _QUOTED_TEXT.match(self.text, self.at)
        if match is None:
            span = Span(self.at, self.at + 1)
            raise HclSyntaxError("Invalid multi-line string", "Quoted strings may not be split over lines.", span)
        self._emit("text", match.end())

    def _heredoc(self, mode: _Mode) -> None:
        if self._open_sequence():
            return
        match = _HEREDOC_TEXT.match(self.text, self.at)
        line = match.group() if match else ""
        if mode.at_line_start and line.endswith("\n") and line.strip() == mode.marker:
            self.modes.pop()
            self._emit("cheredoc", self.at + len(line.rstrip("\r\n")))
            return
        mode.at_line_start = line.endswith("\n")
        self._emit("text", self.at + len(line))


def tokenize(text: str) -> tuple[tuple[Token, ...], tuple[Comment, ...]]:
    """The tokens, ending with `eof`, and the comments beside them. Raises HclSyntaxError."""
    lexer = _Lexer(text)
    lexer.run()
    return tuple(lexer.tokens), tuple(lexer.comments)
