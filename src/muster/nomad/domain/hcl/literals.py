"""Values as HCL text: quoted strings, heredocs, lists, with Nomad's runtime interpolation kept readable."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

_RUNTIME = re.compile(
    r"(?<!\$)\$\{(?:NOMAD_[A-Za-z0-9_]+|(?:attr|node|meta|device|secret)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+)\}(?! *\})"
)
"""What Nomad's client fills in. Before a further `}` it is written escaped: Nomad 1.1 doubles that brace."""

_SEQUENCE = re.compile(r"[$%]\{")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_WORDS = ("true", "false", "null", "for", "if", "in")
_LIST_WIDTH = 90


def is_identifier(text: str) -> bool:
    """Whether a name may stand without quotes."""
    return _IDENTIFIER.fullmatch(text) is not None and text not in _WORDS


def quote(text: str) -> str:
    """A quoted string that reads back as the text."""
    return f'"{"".join(map(_escaped, escape_templates(text)))}"'


def _escaped(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def escape_templates(text: str) -> str:
    """The text with `${` and `%{` doubled, but for what Nomad's client fills in."""
    parts: list[str] = []
    start = 0
    for match in _RUNTIME.finditer(text):
        parts += [_doubled(text[start : match.start()]), match.group()]
        start = match.end()
    return "".join([*parts, _doubled(text[start:])])


def _doubled(text: str) -> str:
    return _SEQUENCE.sub(lambda match: match.group()[0] + match.group(), text)


def block_text(text: str, indent: str) -> str:
    """A longer text: a heredoc where that reads back exactly, else a quoted string."""
    if not _fits_heredoc(text):
        return quote(text)
    marker = _marker(text)
    lines = escape_templates(text).splitlines(keepends=True) if text.isascii() else _lines(escape_templates(text))
    if not _flush(lines):
        return f"<<{marker}\n{''.join(lines)}{indent}{marker}"
    shifted = "".join(line if not line.strip() else f"{indent}  {line}" for line in lines)
    return f"<<-{marker}\n{shifted}{indent}{marker}"


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def _fits_heredoc(text: str) -> bool:
    return text.endswith("\n") and all(char == "\n" or char == "\t" or char.isprintable() for char in text)


def _marker(text: str) -> str:
    words = {line.strip() for line in text.split("\n")}
    numbered = ("EOT", *(f"EOT{number}" for number in range(2, len(words) + 3)))
    return next(marker for marker in numbered if marker not in words)


def _flush(lines: Sequence[str]) -> bool:
    """Whether an added indent is exactly what `<<-` takes away again."""
    firsts = [line[0] for line in lines if line.strip()]
    marks = any(unicodedata.category(first).startswith("M") for first in firsts)
    return any(not first.isspace() for first in firsts) and not marks


def list_text(items: Sequence[str], indent: str) -> str:
    """A list of strings: on one line while it is short."""
    quoted = [quote(item) for item in items]
    line = f"[{', '.join(quoted)}]"
    if len(line) <= _LIST_WIDTH:
        return line
    rows = "".join(f"{indent}  {item},\n" for item in quoted)
    return f"[\n{rows}{indent}]"


def map_text(items: Mapping[str, str], indent: str) -> str:
    """An object: names that are no identifiers are quoted; `items` are expressions."""
    names = {key: key if is_identifier(key) else quote_plain(key) for key in items}
    width = max(map(len, names.values()), default=0)
    rows = "".join(f"{indent}  {names[key].ljust(width)} = {value}\n" for key, value in items.items())
    return f"{{\n{rows}{indent}}}"


def quote_plain(text: str) -> str:
    """A quoted string with every template escaped, for names, labels and variables, where nothing is filled in."""
    return f'"{"".join(map(_escaped, _doubled(text)))}"'


def json_text(value: JsonValue) -> str:
    """A JSON value as a constant HCL expression, on one line."""
    if isinstance(value, str):
        return quote_plain(value)
    if isinstance(value, list):
        return f"[{', '.join(map(json_text, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{quote_plain(key)} = {json_text(item)}' for key, item in value.items())} }}"
    return json.dumps(value)
