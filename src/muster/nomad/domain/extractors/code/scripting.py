"""What expressions come to in Ruby, PHP and Elixir, where a variable's default stands behind its read.

Literals, text with holes, joined text, and the variables with their defaults.
"""

import re
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.definitions import Definitions
from muster.nomad.domain.extractors.code.expressions import Expressions, Placed, Places
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, joined

_LONGEST_TEXT = 300
_PLAIN = re.compile(r"[^\"'`\\\n#${]{1,300}")
_CLOSER = re.compile(r"\s{0,3}[)\]}]")
_NUMBER = re.compile(r"([0-9](?:_?[0-9]){0,8})(?![\w.]|\s{0,3}[*/%])|(true|false)\b")


@dataclass(frozen=True)
class ScriptingGrammar:
    """How such a language writes what a value is made of. Each is matched at an offset, `read` and `defined` sought."""

    read: re.Pattern[str]
    """A read of an environment variable: `call`, `name`, and `then` where its default follows at the end."""
    defined: Definitions
    """Names worth looking up, which are given a value."""
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


@dataclass(frozen=True, kw_only=True)
class ScriptingExpressions(Expressions):
    """The expressions of one file."""

    grammar: ScriptingGrammar

    def _expression(self, offset: int, depth: int) -> Placed:
        return self._first(offset, depth, self._sum, self.grammar.otherwise)

    def _sum(self, offset: int, depth: int) -> Placed:
        return self._joined(offset, depth, self._primary, self.grammar.plus)

    def _primary(self, offset: int, depth: int) -> Placed:
        code, grammar = self.text.code, self.grammar
        around = grammar.around.match(code, offset)
        opened = around[0].count("(") if around else 0
        if around and opened:
            return self._bracketed(around.end(), opened, depth)
        offset = around.end() if around else offset
        if read := grammar.read.match(code, offset):
            return self._read(read, depth)
        if code[offset : offset + 1] in ("'", '"'):
            return self._text(offset, depth)
        if number := _NUMBER.match(code, offset):
            return Value(number[0].replace("_", "")), number.end()
        if named := grammar.named.match(code, offset):
            return self.named(named[1], depth + 1), named.end()
        return UNKNOWN, offset

    def _bracketed(self, offset: int, opened: int, depth: int) -> Placed:
        """The value within brackets, up to behind them."""
        value, end = self._expression(offset, depth + 1)
        for _ in range(opened):
            closer = _CLOSER.match(self.text.code, end)
            end = closer.end() if closer else end
        return value, end

    def _read(self, read: "re.Match[str]", depth: int) -> Placed:
        """The variable with its default, up to the bracket that closes the read."""
        value, end = Value(None, read["name"]), read.end()
        if read["then"] is not None:
            default, end = self._expression(end, depth + 1)
            value = default.set_by(read["name"])
        closer = _CLOSER.match(self.text.code, end)
        return value, closer.end() if closer else end

    def _text(self, offset: int, depth: int) -> Placed:
        """Text in quotes; its holes are filled as far as they are known."""
        code, quote, at = self.text.code, self.text.code[offset], offset + 1
        end = min(len(code), at + _LONGEST_TEXT)
        parts: list[Value] = [Value("")]
        while at < end and code[at] != quote:
            hole = self.grammar.hole.match(code, at, end) if quote == '"' else None
            if hole:
                filled, at = self._hole(hole, depth)
                parts.append(filled)
            else:
                plain = _PLAIN.match(code, at, end)
                size = len(plain[0]) if plain else 1
                parts.append(Value(code[at : at + size]))
                at += size
        return (joined(parts), at + 1) if at < end else (UNKNOWN, end)

    def _hole(self, hole: "re.Match[str]", depth: int) -> Placed:
        value = self.value(hole.end(), depth + 1)
        if "{" in hole[0]:
            return value, _closing(self.text.code, hole.end())
        named = self.grammar.named.match(self.text.code, hole.end())
        return value, named.end() if named else hole.end() + 1


def scripting_expressions(text: CodeText, grammar: ScriptingGrammar) -> ScriptingExpressions:
    """The expressions of a file, as far as it says itself."""
    return ScriptingExpressions(text, _places(text, grammar), grammar=grammar)


def _places(text: CodeText, grammar: ScriptingGrammar) -> Places:
    places: dict[str, list[int]] = {}
    for found in grammar.defined.find(text):
        places.setdefault(found.name, []).append(found.end)
    return places


def _closing(code: str, start: int) -> int:
    """Behind the brace that closes the one before `start`; where it is missing, a little further on."""
    depth, end = 1, min(len(code), start + _LONGEST_TEXT)
    for at in range(start, end):
        depth += (code[at] == "{") - (code[at] == "}")
        if depth == 0:
            return at + 1
    return end
