"""Names as HCL1 wrote them: quoted in blocks, and blocks given by an equals sign. Read from tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from muster.nomad.domain.hcl.literals import is_identifier
from muster.nomad.domain.hcl.positions import Edit, Span
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.hcl.tokens import HclSyntaxError, Token, tokenize

_STRUCTS = {
    "job": "Job",
    "group": "TaskGroup",
    "task": "Task",
    "resources": "Resources",
    "service": "Service",
    "check": "ServiceCheck",
    "network": "NetworkResource",
}
_LOOKED_UP = 8
"""Open brackets that are looked at for what a block is in: a job's blocks are not deeper."""
_LABEL = ("oquote", "text", "cquote", "ident")


@dataclass
class _Frame:
    """An open bracket: a block with its type, or anything else."""

    type: str | None
    opening: Span
    outer: tuple[str, ...] = ()
    quoted: list[tuple[Span, str]] = field(default_factory=list[tuple[Span, str]])

    @property
    def may_be_a_map(self) -> bool:
        """Whether Nomad takes the block as an attribute too, which may quote its keys."""
        parent = self.outer[-1] if self.outer else ""
        return "config" in self.outer or (self.type in ("env", "meta") and parent in ("job", "group", "task"))


def quoted_names(text: str) -> tuple[Span, ...]:
    """Where blocks hold names in quotes."""
    return tuple(span for frame in _frames(text) for span, _ in frame.quoted)


def old_names(text: str) -> Iterator[Edit]:
    """Quotes taken away; where a name needs them the block becomes a map: `meta = { "a.b" = 1 }`."""
    for frame in _frames(text):
        if all(is_identifier(name) for _, name in frame.quoted):
            yield from (Edit(span, name) for span, name in frame.quoted)
        elif frame.may_be_a_map:
            yield Edit(Span(frame.opening.start, frame.opening.start), "= ")


def assigned_blocks(text: str) -> Iterator[Edit]:
    """`config = {` where Nomad knows only the block."""
    tokens = _tokens(text)
    parents: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind == "{":
            parents.append(_type_before(tokens, index))
        elif token.kind == "}" and parents:
            parents.pop()
        elif token.kind == "=" and _assigns_block(tokens, index, parents[-1] if parents else ""):
            yield Edit(Span(token.span.start, tokens[index + 1].span.start), "")


def _assigns_block(tokens: Sequence[Token], index: int, parent: str) -> bool:
    name, brace = tokens[index - 1], tokens[index + 1]
    if index == 0 or name.kind != "ident" or brace.kind != "{" or parent not in _STRUCTS:
        return False
    known = job_schema().structs[_STRUCTS[parent]].fields.get(name.text)
    block_only = known is not None and known.is_block and (known.struct is not None or name.text == "config")
    return block_only and not _has_commas(tokens, index + 1)


def _has_commas(tokens: Sequence[Token], opening: int) -> bool:
    """Whether the items directly inside braces are separated as only an object's may be."""
    depth = 0
    for index in range(opening, len(tokens)):
        token = tokens[index]
        depth += (token.kind in ("{", "[", "(")) - (token.kind in ("}", "]", ")"))
        if depth == 0:
            return False
        if depth == 1 and token.kind in (",", ":"):
            return True
    return True


def _type_before(tokens: Sequence[Token], brace: int) -> str:
    """The name that a brace belongs to: of a block, or of what is assigned."""
    index = brace - 1
    while index >= 0 and (tokens[index].kind in _LABEL[:3] or tokens[index].kind == "="):
        index -= 1
    return tokens[index].text if index >= 0 and tokens[index].kind == "ident" else ""


def _tokens(text: str) -> tuple[Token, ...]:
    try:
        return tokenize(text)[0]
    except HclSyntaxError:
        return ()


def _frames(text: str) -> list[_Frame]:
    """Every block that holds quoted names."""
    walk = _Walk(_tokens(text))
    walk.run()
    return [frame for frame in walk.closed if frame.quoted]


@dataclass
class _Walk:
    tokens: Sequence[Token]
    stack: list[_Frame] = field(default_factory=lambda: [_Frame("", Span(0, 0))])
    closed: list[_Frame] = field(default_factory=list[_Frame])
    head: str | None = None
    """The type of the block that may open here."""
    at_start: bool = True

    def run(self) -> None:
        for index, token in enumerate(self.tokens):
            if token.kind == "newline":
                self.at_start, self.head = self.stack[-1].type is not None, None
            elif self.at_start:
                self._begin(index, token)
            elif token.kind in ("{", "[", "("):
                self._open(token)
            elif token.kind in ("}", "]", ")"):
                self._close()
            elif token.kind not in _LABEL:
                self.head = None

    def _begin(self, index: int, token: Token) -> None:
        self.at_start = False
        if token.kind == "}":
            self._close()
        elif token.kind == "ident":
            self.head = token.text
        elif token.kind == "oquote":
            self._quoted(index)

    def _quoted(self, index: int) -> None:
        opening, name, closing, after = (*self.tokens[index : index + 4], *[self.tokens[-1]] * 4)[:4]
        if (name.kind, closing.kind, after.kind) == ("text", "cquote", "=") and "\\" not in name.text:
            self.stack[-1].quoted.append((opening.span.to(closing.span), name.text))

    def _open(self, token: Token) -> None:
        outer = tuple(frame.type for frame in self.stack[-_LOOKED_UP:] if frame.type)
        kind = self.head if token.kind == "{" else None
        self.stack.append(_Frame(kind, token.span, outer))
        self.at_start, self.head = kind is not None, None

    def _close(self) -> None:
        self.head = None
        if len(self.stack) > 1:
            self.closed.append(self.stack.pop())
