"""Reads HCL text into a tree with exact spans; comments are kept beside it."""

from dataclasses import dataclass

from muster.nomad.domain.hcl.cursor import Cursor
from muster.nomad.domain.hcl.expressions import name_of, parse_expression
from muster.nomad.domain.hcl.nodes import Attribute, Block, Body, Label, Template
from muster.nomad.domain.hcl.positions import Source, Span
from muster.nomad.domain.hcl.templates import parse_template
from muster.nomad.domain.hcl.tokens import Comment, Token, tokenize


@dataclass(frozen=True)
class Tree:
    """A file: its text, its body and its comments."""

    source: Source
    body: Body
    comments: tuple[Comment, ...]

    def comments_in(self, span: Span) -> tuple[Comment, ...]:
        """The comments that lie inside a span."""
        return tuple(item for item in self.comments if span.start <= item.span.start and item.span.end <= span.end)

    def comments_above(self, span: Span) -> tuple[Comment, ...]:
        """The comments on the lines directly above, with no blank line between."""
        above: list[Comment] = []
        start = span.start
        for comment in reversed([item for item in self.comments if item.span.end <= span.start]):
            between = self.source.text[comment.span.end : start]
            own_line = not self.source.text[: comment.span.start].rpartition("\n")[2].strip()
            if between.strip() or between.count("\n") > 1 or not own_line:
                break
            above.append(comment)
            start = comment.span.start
        return tuple(reversed(above))


def parse_tree(text: str, filename: str) -> Tree:
    """The tree of an HCL text. Raises HclSyntaxError with the span of what can't be read."""
    tokens, comments = tokenize(text)
    cursor = Cursor(tokens)
    body = _body(cursor, "eof", Span(0, 0))
    return Tree(Source(text, filename), body, comments)


def _body(cursor: Cursor, end: str, start: Span) -> Body:
    items: list[Attribute | Block] = []
    while True:
        cursor.skip_newlines()
        if cursor.at(end):
            break
        item = _item(cursor)
        _refuse_duplicate(cursor, items, item)
        items.append(item)
        if not cursor.at("eof"):
            cursor.expect("newline")
    return Body(start.to(cursor.read().span), tuple(items))


def _refuse_duplicate(cursor: Cursor, items: list[Attribute | Block], item: Attribute | Block) -> None:
    if isinstance(item, Attribute) and any(isinstance(known, Attribute) and known.name == item.name for known in items):
        raise cursor.error("Attribute redefined", f'The argument "{item.name}" was already set.')


def _item(cursor: Cursor) -> Attribute | Block:
    if not cursor.at("ident"):
        raise cursor.error("Argument or block definition required", "An argument or block definition is required here.")
    name = cursor.read()
    return _attribute(cursor, name) if cursor.at("=") else _block(cursor, name)


def _attribute(cursor: Cursor, name: Token) -> Attribute:
    cursor.expect("=")
    value = parse_expression(cursor)
    return Attribute(name_of(name), name.span, value, name.span.to(value.span))


def _block(cursor: Cursor, name: Token) -> Block:
    labels: list[Label] = []
    while cursor.at("oquote", "ident"):
        labels.append(_label(cursor))
    opening = cursor.expect("{")
    with cursor.nested():
        body = _block_body(cursor, opening)
    span = name.span.to(cursor.last())
    return Block(name_of(name), name.span, tuple(labels), opening.span, body, span)


def _block_body(cursor: Cursor, opening: Token) -> Body:
    if cursor.at("newline", "}"):
        return _body(cursor, "}", opening.span)
    attribute = _attribute(cursor, cursor.expect("ident"))
    return Body(opening.span.to(cursor.expect("}").span), (attribute,))


def _label(cursor: Cursor) -> Label:
    if cursor.at("ident"):
        token = cursor.read()
        return Label(name_of(token), token.span)
    template: Template = parse_template(cursor, parse_expression)
    if template.plain is None:
        raise cursor.error("Invalid string literal", "Template sequences are not allowed in this string.")
    return Label(template.plain, template.span)
