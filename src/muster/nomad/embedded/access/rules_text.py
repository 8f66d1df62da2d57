"""Reads the text of ACL rules, HCL1 or JSON, into nested tables; what the tables mean is `rules`' business."""

import json
import re
from typing import Any, cast

Table = dict[str, Any]
MAX_DEPTH = 8
"""Rules nest three deep."""
_TOKEN = re.compile(
    r"""(?P<space>[\s,]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<word>[\w.*-]+)|(?P<mark>[={}\[\]])""",
    re.DOTALL,
)


class RulesTextError(Exception):
    """The text is no HCL; the message is ours."""


def read_tables(text: str) -> Table:
    """The blocks of the text: a labelled block is a table under its label. Raises RulesTextError."""
    if text.lstrip().startswith("{"):
        return _json(text)
    tokens = _tokens(text)
    table, end = _body(tokens, 0, 0)
    if end != len(tokens):
        raise RulesTextError(f"unexpected {tokens[end]}")
    return table


def _json(text: str) -> Table:
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RulesTextError(f"broken JSON: {error}") from error
    return cast("Table", decoded)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RulesTextError(f"illegal character {text[at]!r}")
        if match.lastgroup != "space":
            found.append(match[0])
        at = match.end()
    return found


def _body(tokens: list[str], at: int, depth: int) -> tuple[Table, int]:
    """The assignments and blocks from `at` on, up to a closing brace."""
    if depth > MAX_DEPTH:
        raise RulesTextError("it nests too deep")
    table: Table = {}
    while at < len(tokens) and tokens[at] != "}":
        at = _item(tokens, at, depth, table)
    return table, at


def _item(tokens: list[str], at: int, depth: int, table: Table) -> int:
    name = _name(tokens, at)
    if _peek(tokens, at + 1) == "=" and _peek(tokens, at + 2) != "{":
        table[name], at = _value(tokens, at + 2)
        return at
    at += 2 if _peek(tokens, at + 1) == "=" else 1
    labels: list[str] = []
    while _peek(tokens, at) not in ("{", ""):
        labels.append(_name(tokens, at))
        at += 1
    inner, at = _body(tokens, at + 1, depth + 1)
    if _peek(tokens, at) != "}":
        raise RulesTextError("object expected closing RBRACE got: EOF")
    _nest(table, [name, *labels], inner)
    return at + 1


def _nest(table: Table, path: list[str], inner: Table) -> None:
    """Put a block in its place; a block that comes twice adds to the first."""
    for step in path[:-1]:
        table = table.setdefault(step, {})
    table[path[-1]] = {**table.get(path[-1], {}), **inner}


def _value(tokens: list[str], at: int) -> tuple[Any, int]:
    if _peek(tokens, at) != "[":
        return _name(tokens, at), at + 1
    items: list[str] = []
    at += 1
    while _peek(tokens, at) not in ("]", ""):
        items.append(_name(tokens, at))
        at += 1
    return items, at + 1


def _name(tokens: list[str], at: int) -> str:
    token = _peek(tokens, at)
    if token in ("", "=", "{", "}", "[", "]"):
        raise RulesTextError(f"unexpected {token or 'end of text'}")
    return token[1:-1] if token.startswith('"') else token


def _peek(tokens: list[str], at: int) -> str:
    return tokens[at] if at < len(tokens) else ""
