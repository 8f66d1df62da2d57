"""What expressions come to in languages that write a variable's default behind its read: Ruby, PHP, Elixir.

Literals, names that the file gives a value, text with holes, joined text, and environment variables with their
defaults. Each language brings its own `Notation`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known, joined

_MOST_PARTS = 8
_DEEPEST = 6
_LONGEST_TEXT = 300
_PLAIN = re.compile(r"[^\"'`\\\n#${]{1,300}")
_CLOSER = re.compile(r"\s{0,3}[)\]}]")
_NUMBER = re.compile(r"([0-9](?:_?[0-9]){0,8})(?![\w.]|\s{0,3}[*/%])|(true|false)\b")


@dataclass(frozen=True)
class Notation:
    """How a language writes what expressions are made of. Each is matched at an offset, `read` and `defined` sought."""

    read: re.Pattern[str]
    """A read of an environment variable: `call`, `name`, and `then` where its default follows at the end."""
    defined: re.Pattern[str]
    """A name worth looking up is given a value, which starts at the end; group 1 is the name."""
    around: re.Pattern[str]
    """Brackets, casts and calls in front of a value."""
    otherwise: re.Pattern[str]
    """What stands between a value and its alternative."""
    plus: re.Pattern[str]
    """What joins two texts."""
    named: re.Pattern[str]
    """The name of a value as group 1."""
    hole: re.Pattern[str]
    """Within text in double quotes an expression begins, behind a brace or as a bare name."""


@dataclass(frozen=True)
class NotedValues:
    """Looks values up in one file, then among the names that the other files of the unit agree on."""

    text: CodeText
    notation: Notation
    unit: Mapping[str, Value] = field(default_factory=dict[str, Value])
    _seen: dict[str, Value] = field(default_factory=dict[str, Value], repr=False, compare=False)
    _places: dict[str, list[int]] = field(default_factory=dict[str, list[int]], repr=False, compare=False)

    def __post_init__(self) -> None:
        for found in self.text.find(self.notation.defined):
            self._places.setdefault(found[1], []).append(found.end())

    def value(self, offset: int, depth: int = 0) -> Value:
        """The value of the expression at an offset, its alternatives with it."""
        return self._expression(offset, depth)[0]

    def shared(self) -> Iterator[tuple[str, Value]]:
        """What the file says about names that other files may use."""
        return ((name, value) for name in self._places if (value := self.named(name)).known)

    def named(self, name: str, depth: int = 0) -> Value:
        """The value that the file gives to a name, else the one that the unit agrees on."""
        if name not in self._seen:
            self._seen[name] = UNKNOWN  # a name that is set from itself ends here
            own = first_known(self.value(place, depth + 1) for place in self._places.get(name, [])[:_MOST_PARTS])
            self._seen[name] = own if own.known else self.unit.get(name, UNKNOWN)
        return self._seen[name]

    def _expression(self, offset: int, depth: int) -> tuple[Value, int]:
        """The value, with its alternatives, and where the expression ends."""
        found: list[Value] = []
        for _ in range(_MOST_PARTS if depth < _DEEPEST else 0):
            value, offset = self._sum(offset, depth)
            found.append(value)
            another = self.notation.otherwise.match(self.text.code, offset)
            if another is None:
                break
            offset = another.end()
        return first_known(found), offset

    def _sum(self, offset: int, depth: int) -> tuple[Value, int]:
        """Texts that are joined."""
        parts: list[Value] = []
        for _ in range(_MOST_PARTS):
            value, offset = self._primary(offset, depth)
            parts.append(value)
            plus = self.notation.plus.match(self.text.code, offset)
            if plus is None:
                break
            offset = plus.end()
        return (joined(parts) if len(parts) > 1 else parts[0]), offset

    def _primary(self, offset: int, depth: int) -> tuple[Value, int]:
        code, notation = self.text.code, self.notation
        around = notation.around.match(code, offset)
        opened = around[0].count("(") if around else 0
        if around and opened:
            return self._bracketed(around.end(), opened, depth)
        offset = around.end() if around else offset
        if read := notation.read.match(code, offset):
            return self._read(read, depth)
        if code[offset : offset + 1] in ("'", '"'):
            return self._text(offset, depth)
        if number := _NUMBER.match(code, offset):
            return Value(number[0].replace("_", "")), number.end()
        if named := notation.named.match(code, offset):
            return self.named(named[1], depth + 1), named.end()
        return UNKNOWN, offset

    def _bracketed(self, offset: int, opened: int, depth: int) -> tuple[Value, int]:
        """The value within brackets, up to behind them."""
        value, end = self._expression(offset, depth + 1)
        for _ in range(opened):
            closer = _CLOSER.match(self.text.code, end)
            end = closer.end() if closer else end
        return value, end

    def _read(self, read: "re.Match[str]", depth: int) -> tuple[Value, int]:
        """The variable with its default, up to the bracket that closes the read."""
        value, end = Value(None, read["name"]), read.end()
        if read["then"] is not None:
            default, end = self._expression(end, depth + 1)
            value = default.set_by(read["name"])
        closer = _CLOSER.match(self.text.code, end)
        return value, closer.end() if closer else end

    def _text(self, offset: int, depth: int) -> tuple[Value, int]:
        """Text in quotes; its holes are filled as far as they are known."""
        code, quote, at = self.text.code, self.text.code[offset], offset + 1
        end = min(len(code), at + _LONGEST_TEXT)
        parts: list[Value] = [Value("")]
        while at < end and code[at] != quote:
            hole = self.notation.hole.match(code, at, end) if quote == '"' else None
            if hole:
                filled, at = self._hole(hole, depth)
                parts.append(filled)
            else:
                plain = _PLAIN.match(code, at, end)
                size = len(plain[0]) if plain else 1
                parts.append(Value(code[at : at + size]))
                at += size
        return (joined(parts), at + 1) if at < end else (UNKNOWN, end)

    def _hole(self, hole: "re.Match[str]", depth: int) -> tuple[Value, int]:
        value = self.value(hole.end(), depth + 1)
        if "{" in hole[0]:
            return value, _closing(self.text.code, hole.end())
        named = self.notation.named.match(self.text.code, hole.end())
        return value, named.end() if named else hole.end() + 1


def _closing(code: str, start: int) -> int:
    """Behind the brace that closes the one before `start`; where it is missing, a little further on."""
    depth, end = 1, min(len(code), start + _LONGEST_TEXT)
    for at in range(start, end):
        depth += (code[at] == "{") - (code[at] == "}")
        if depth == 0:
            return at + 1
    return end
