"""Parses expressions: operators, references, calls, tuples, objects, `for`."""

import unicodedata
from decimal import Decimal, InvalidOperation

from muster.nomad.domain.hcl.cursor import Cursor
from muster.nomad.domain.hcl.nodes import (
    Access,
    Binary,
    Call,
    Conditional,
    Element,
    Expression,
    For,
    Index,
    Item,
    Literal,
    ObjectOf,
    Parenthesis,
    Reference,
    Splat,
    Step,
    Template,
    TupleOf,
    Unary,
)
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.templates import parse_template
from muster.nomad.domain.hcl.tokens import HclSyntaxError, Token

_LEVELS = (("||",), ("&&",), ("==", "!="), (">", "<", ">=", "<="), ("+", "-"), ("*", "/", "%"))
_WORDS = {"true": True, "false": False, "null": None}
_MAX_CHAIN = 200


def parse_expression(cursor: Cursor) -> Expression:
    """One expression at the cursor. Raises HclSyntaxError."""
    with cursor.nested():
        condition = _binary(cursor, 0)
        if not cursor.take("?"):
            return condition
        then = parse_expression(cursor)
        cursor.expect(":")
        otherwise = parse_expression(cursor)
        return Conditional(condition.span.to(otherwise.span), condition, then, otherwise)


def _binary(cursor: Cursor, level: int) -> Expression:
    if level == len(_LEVELS):
        return _unary(cursor)
    left = _binary(cursor, level + 1)
    for count in range(_MAX_CHAIN + 1):
        operator = cursor.take(*_LEVELS[level])
        if operator is None:
            return left
        if count == _MAX_CHAIN:
            break
        right = _binary(cursor, level + 1)
        left = Binary(left.span.to(right.span), operator.text, left, right)
    raise cursor.error("Expression too long", f"More than {_MAX_CHAIN} operators in a row are not read.")


def _unary(cursor: Cursor) -> Expression:
    sign = cursor.take("-", "!")
    if sign is None:
        return _traversals(cursor, _term(cursor))
    with cursor.nested():
        operand = _unary(cursor)
    return Unary(sign.span.to(operand.span), sign.text, operand)


def _traversals(cursor: Cursor, expression: Expression) -> Expression:
    for _ in range(_MAX_CHAIN):
        if cursor.at("."):
            expression = _after_dot(cursor, expression)
        elif cursor.at("["):
            expression = _after_bracket(cursor, expression)
        else:
            return expression
    raise cursor.error("Expression too long", f"More than {_MAX_CHAIN} steps in a row are not read.")


def _after_dot(cursor: Cursor, source: Expression) -> Expression:
    dot = cursor.read()
    name = cursor.expect("ident", "number", "*")
    if name.kind == "*":
        return _attribute_splat(cursor, source, dot.span)
    key = number(name) if name.kind == "number" else name_of(name)
    return _stepped(source, Step(key, dot.span.to(name.span), is_index=name.kind == "number"))


def _attribute_splat(cursor: Cursor, source: Expression, dot: Span) -> Expression:
    each: Expression = Element(dot.to(cursor.last()))
    while step_dot := cursor.take("."):
        name = cursor.expect("ident", "number")
        key = number(name) if name.kind == "number" else name_of(name)
        each = _stepped(each, Step(key, step_dot.span.to(name.span), is_index=name.kind == "number"))
    return Splat(source.span.to(each.span), source, each)


def _after_bracket(cursor: Cursor, source: Expression) -> Expression:
    opening = cursor.read()
    if cursor.take("*"):
        closing = cursor.expect("]")
        with cursor.nested():
            each = _traversals(cursor, Element(opening.span.to(closing.span)))
        return Splat(source.span.to(each.span), source, each)
    with cursor.newlines(False):
        key = parse_expression(cursor)
        closing = cursor.expect("]")
    bracket = opening.span.to(closing.span)
    if isinstance(key, Literal):
        return _stepped(source, Step(key.value, bracket, is_index=True))
    if isinstance(key, Template) and key.plain is not None:
        return _stepped(source, Step(key.plain, bracket, is_index=True))
    return Index(source.span.to(bracket), source, key, bracket)


def _stepped(source: Expression, step: Step) -> Expression:
    span = source.span.to(step.span)
    if isinstance(source, Reference):
        return Reference(span, source.root, (*source.steps, step))
    if isinstance(source, Access):
        return Access(span, source.source, (*source.steps, step))
    return Access(span, source, (step,))


def number(token: Token) -> Decimal:
    """The value of a number token. Raises HclSyntaxError for one such as 1.2.3."""
    try:
        return Decimal(token.text)
    except InvalidOperation:
        text = "Failed to recognize the value of this number literal."
        raise HclSyntaxError("Invalid number literal", text, token.span) from None


def name_of(token: Token) -> str:
    """An identifier as Nomad compares it: in normal form C."""
    return unicodedata.normalize("NFC", token.text)


def _term(cursor: Cursor) -> Expression:
    token = cursor.peek()
    match token.kind:
        case "number":
            return Literal(token.span, number(cursor.read()))
        case "ident":
            return _word(cursor)
        case "oquote" | "oheredoc":
            return parse_template(cursor, parse_expression)
        case "(":
            return _parenthesis(cursor)
        case "[":
            return _tuple(cursor)
        case "{":
            return _object(cursor)
        case _:
            text = "Expected the start of an expression, but found an invalid expression token."
            raise cursor.error("Invalid expression", text)


def _word(cursor: Cursor) -> Expression:
    token = cursor.read()
    if cursor.at("(", "::"):
        return _call(cursor, token)
    if token.text in _WORDS:
        return Literal(token.span, _WORDS[token.text])
    return Reference(token.span, name_of(token))


def _parenthesis(cursor: Cursor) -> Expression:
    opening = cursor.read()
    with cursor.newlines(False):
        inner = parse_expression(cursor)
        closing = cursor.expect(")")
    return Parenthesis(opening.span.to(closing.span), inner)


def _call(cursor: Cursor, first: Token) -> Expression:
    name = first.text
    while cursor.take("::"):
        name = f"{name}::{cursor.expect('ident').text}"
    opening = cursor.expect("(")
    args: list[Expression] = []
    expand = False
    with cursor.newlines(False):
        while not cursor.at(")"):
            args.append(parse_expression(cursor))
            expand = cursor.take("...") is not None
            if expand or not cursor.take(","):
                break
        closing = cursor.expect(")")
    return Call(first.span.to(closing.span), name, first.span.to(opening.span), tuple(args), expand)


def _tuple(cursor: Cursor) -> Expression:
    opening = cursor.read()
    items: list[Expression] = []
    with cursor.newlines(False):
        if cursor.at_word("for"):
            return _for(cursor, opening, "]")
        while not cursor.at("]"):
            items.append(parse_expression(cursor))
            if not cursor.take(","):
                break
        closing = cursor.expect("]")
    return TupleOf(opening.span.to(closing.span), tuple(items))


def _object(cursor: Cursor) -> Expression:
    opening = cursor.read()
    with cursor.newlines(False):
        if cursor.at_word("for"):
            return _for(cursor, opening, "}")
    items: list[Item] = []
    with cursor.newlines(True):
        cursor.skip_newlines()
        while not cursor.at("}"):
            key = parse_expression(cursor)
            cursor.expect("=", ":")
            items.append(Item(key, parse_expression(cursor)))
            if not cursor.at("}"):
                cursor.expect(",", "newline")
            cursor.skip_newlines()
        closing = cursor.read()
    return ObjectOf(opening.span.to(closing.span), tuple(items))


def _for(cursor: Cursor, opening: Token, close: str) -> Expression:
    cursor.read()
    key, value = None, name_of(cursor.expect("ident"))
    if cursor.take(","):
        key, value = value, name_of(cursor.expect("ident"))
    if not cursor.at_word("in"):
        raise cursor.error("Invalid 'for' expression", "For expression requires the 'in' keyword.")
    cursor.read()
    collection = parse_expression(cursor)
    cursor.expect(":")
    result = parse_expression(cursor)
    key_result = None
    if cursor.take("=>"):
        key_result, result = result, parse_expression(cursor)
    group = cursor.take("...") is not None
    condition = None
    if cursor.at_word("if"):
        cursor.read()
        condition = parse_expression(cursor)
    closing = cursor.expect(close)
    return For(opening.span.to(closing.span), key, value, collection, key_result, result, condition, group)
