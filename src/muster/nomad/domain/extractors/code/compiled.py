"""What expressions come to in Rust, Java, Kotlin and C#, where reads of variables are found first.

Literals, formatted text, hosts with ports, and the variables with their defaults.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from muster.nomad.domain.extractors.code.definitions import LISTENING, Definitions
from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.code.expressions import DEEPEST, MOST_PARTS, Expressions, Placed, Places
from muster.nomad.domain.extractors.code.text import CodeText, arguments
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known, joined

_MOST_WRAPPERS = 10

# Names whose value is worth looking up: where the code listens. A property of C# has its accessors behind its name.
_DEFINITIONS = Definitions(
    words=(
        *LISTENING,
        *("url", "Url", "URL", "endpoint", "Endpoint"),
    ),
    letters=r"\w",
    tail=r"(?:\s{0,20}+:\s{0,9}[&'\w:<>?., ]{1,60}?(?==)|\s{0,9}\{\s?get;[^\n}]{0,30}\})?"
    r"\s{0,20}+(?::(?!:)|=(?![=>]))\s{0,20}+",
)
_NAMED = re.compile(r"(?:[A-Za-z_]\w{0,60}(?:\(\))?(?:\?\.|\.|::)){0,8}([A-Za-z_]\w{0,60})(?:\(\))?(?![\w(!])")
_PLUS = re.compile(r"[)\s]{0,9}\+\s{0,9}")
_GETTER = re.compile(r"[gG]et_?([A-Z]\w{0,60})")


@dataclass(frozen=True)
class Read:
    """A read of an environment variable, by offsets: from its first character to where the expression goes on."""

    name: str
    start: int
    end: int
    how: How
    default_at: int | None = None
    """Where the expression of its default begins."""
    default: str | None = None
    """The default, where it is no expression of the code."""


@dataclass(frozen=True)
class CompiledGrammar:
    """How such a language writes what a value is made of.

    `wrapper` matches one step of what stands in front without changing the value. `literal` has the groups `text`,
    `number`, `truth` and perhaps `holes` (text with holes); `hole` has the name in a hole, or nothing, as its group 1.
    `formatter` is a call whose first argument has holes; `pair` opens a host and a port; `otherwise` stands before a
    default.
    """

    wrapper: "re.Pattern[str]"
    literal: "re.Pattern[str]"
    hole: "re.Pattern[str]"
    formatter: "re.Pattern[str]"
    pair: "re.Pattern[str]"
    otherwise: "re.Pattern[str]"


@dataclass(frozen=True, kw_only=True)
class CompiledExpressions(Expressions):
    """The expressions of one file. `reads` are its reads of variables, by where they start."""

    grammar: CompiledGrammar
    reads: Mapping[int, Read] = field(default_factory=dict[int, Read])

    def env_reads(self) -> list[EnvRead]:
        """The reads of the file, with their defaults where they are known."""
        return [self._env_read(read) for read in self.reads.values()]

    def _env_read(self, read: Read) -> EnvRead:
        default = read.default if read.default_at is None else self.value(read.default_at).whole_text
        return EnvRead(read.name, self.text.line(read.start), read.how, default)

    def _expression(self, offset: int, depth: int) -> Placed:
        """Parts that are put together, each with its alternative."""
        return self._joined(offset, depth, self._defaulted, _PLUS)

    def _known(self, name: str, own: Value, depth: int) -> Value:
        """The field `port` is what `getPort` gives."""
        known = super()._known(name, own, depth)
        getter = _GETTER.fullmatch(name)
        if known.known or not getter or depth >= DEEPEST:
            return known
        return self.named(getter[1][0].lower() + getter[1][1:], depth + 1)

    def _defaulted(self, offset: int, depth: int) -> Placed:
        value, end = self._primary(offset, depth)
        otherwise = self.grammar.otherwise.match(self.text.code, end)
        return (first_known((value, self.value(otherwise.end(), depth + 1))) if otherwise else value), end

    def _primary(self, offset: int, depth: int) -> Placed:
        code, grammar = self.text.code, self.grammar
        for _ in range(_MOST_WRAPPERS):
            if offset in self.reads:
                return self._read(self.reads[offset], depth), self.reads[offset].end
            if pair := grammar.pair.match(code, offset):
                return self._pair(pair.end(), depth)
            wrapper = grammar.wrapper.match(code, offset)
            if wrapper is None or grammar.formatter.match(code, offset):
                break
            offset = wrapper.end()
        if literal := grammar.literal.match(code, offset):
            return self._literal(literal, depth), literal.end()
        if formatter := grammar.formatter.match(code, offset):
            return self._formatted(formatter.end(), depth)
        if named := _NAMED.match(code, offset):
            return self.named(named[1], depth + 1), named.end()
        return UNKNOWN, offset

    def _read(self, read: Read, depth: int) -> Value:
        default = Value(read.default) if read.default_at is None else self.value(read.default_at, depth + 1)
        return default.set_by(read.name)

    def _pair(self, start: int, depth: int) -> Placed:
        """The last of several in brackets, behind a colon: `("0.0.0.0", 8080)`; of one alone its value."""
        spans = arguments(self.text.code, start)[:MOST_PARTS]
        if not spans:
            return UNKNOWN, start
        last = self.value(spans[-1][0], depth + 1)
        return joined((Value(":"), last)) if len(spans) > 1 and last.known else last, spans[-1][1] + 1

    def _literal(self, literal: "re.Match[str]", depth: int) -> Value:
        groups = literal.groupdict()
        if groups.get("holes") is not None:
            return self._filled(groups["holes"], [], depth)
        number = groups["number"]
        return Value(groups["text"] or groups["truth"] or "") if number is None else Value(number.replace("_", ""))

    def _formatted(self, start: int, depth: int) -> Placed:
        spans = arguments(self.text.code, start)[:MOST_PARTS]
        literal = self.grammar.literal.match(self.text.code, spans[0][0]) if spans else None
        if literal is None:
            return UNKNOWN, start
        values = [self.value(begin, depth + 1) for begin, _ in spans[1:]]
        return self._filled(literal.groupdict().get("text") or "", values, depth), spans[-1][1] + 1

    def _filled(self, text: str, values: list[Value], depth: int) -> Value:
        """Text with its holes filled, by name or in order; an unknown one is left out."""
        parts: list[Value] = []
        at, following = 0, iter(values)
        for hole in list(self.grammar.hole.finditer(text))[:MOST_PARTS]:
            filled = self.named(hole[1].rpartition(".")[2], depth + 1) if hole[1] else next(following, UNKNOWN)
            parts += [Value(text[at : hole.start()]), filled]
            at = hole.end()
        return joined([*parts, Value(text[at:])])


def find_places(text: CodeText) -> Places:
    """Where names get their values; a name in quotes is a key of something else."""
    places: dict[str, list[int]] = {}
    for found in _DEFINITIONS.find(text):
        if text.code[found.start - 1 : found.start] != '"':
            places.setdefault(found.name, []).append(found.end)
    return places
