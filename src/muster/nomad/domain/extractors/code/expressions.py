"""What an expression of a compiled language comes to: literals, names, formatted text, environment variables.

Each language says in its `Grammar` how it writes them; Go and JavaScript, which are richer here, have their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from muster.nomad.domain.extractors.code.definitions import Definitions
from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText, arguments
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, agreed, first_known, joined

_MOST_PARTS = 6
_DEEPEST = 8
_MOST_WRAPPERS = 10

# Names whose value is worth looking up: where the code listens. A property of C# has its accessors behind its name.
_DEFINITIONS = Definitions(
    words=(
        *("port", "Port", "PORT", "addr", "Addr", "ADDR", "listen", "Listen", "LISTEN"),
        *("bind", "Bind", "BIND", "url", "Url", "URL", "endpoint", "Endpoint"),
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
class Grammar:
    """How a language writes what a value is made of.

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


@dataclass(frozen=True)
class Expressions:
    """Looks values up in one file, then among the fields and names that the unit's files agree on."""

    text: CodeText
    grammar: Grammar
    places: Mapping[str, Sequence[int]]
    """Where the file's names get their values."""
    reads: Mapping[int, Read] = field(default_factory=dict[int, Read])
    fields: Mapping[str, Value] = field(default_factory=dict[str, Value])
    unit: Mapping[str, Value] = field(default_factory=dict[str, Value])
    _seen: dict[str, Value] = field(default_factory=dict[str, Value], repr=False, compare=False)

    def value(self, offset: int, depth: int = 0) -> Value:
        """The value of the expression at an offset; parts joined by `+` are put together."""
        parts: list[Value] = []
        for _ in range(_MOST_PARTS if depth < _DEEPEST else 0):
            value, offset = self._primary(offset, depth)
            otherwise = self.grammar.otherwise.match(self.text.code, offset)
            if otherwise:
                value = first_known((value, self.value(otherwise.end(), depth + 1)))
            parts.append(value)
            plus = _PLUS.match(self.text.code, offset)
            if plus is None:
                break
            offset = plus.end()
        return joined(parts) if len(parts) > 1 else first_known(parts)

    def shared(self) -> Iterator[tuple[str, Value]]:
        """What the file says about names that other files may use."""
        return ((name, value) for name in self.places if (value := self.named(name)).known)

    def named(self, name: str, depth: int = 0) -> Value:
        """The value of a variable, constant or field by its last name; `getPort` is the field `port`."""
        if name not in self._seen:
            self._seen[name] = UNKNOWN  # a name that is set from itself ends here
            own = first_known(self.value(place, depth + 1) for place in self.places.get(name, ())[:_MOST_PARTS])
            known = first_known((own, self.fields.get(name, UNKNOWN)))
            known = known if known.known else self.unit.get(name, UNKNOWN)
            getter = _GETTER.fullmatch(name)
            if getter and not known.known and depth < _DEEPEST:
                known = self.named(getter[1][0].lower() + getter[1][1:], depth + 1)
            self._seen[name] = known
        return self._seen[name]

    def env_reads(self) -> list[EnvRead]:
        """The reads of the file, with their defaults where they are known."""
        return [self._env_read(read) for read in self.reads.values()]

    def _env_read(self, read: Read) -> EnvRead:
        default = read.default if read.default_at is None else self.value(read.default_at).whole_text
        return EnvRead(read.name, self.text.line(read.start), read.how, default)

    def _primary(self, offset: int, depth: int) -> tuple[Value, int]:
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

    def _pair(self, start: int, depth: int) -> tuple[Value, int]:
        """The last of several in brackets, behind a colon: `("0.0.0.0", 8080)`; of one alone its value."""
        spans = arguments(self.text.code, start)[:_MOST_PARTS]
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

    def _formatted(self, start: int, depth: int) -> tuple[Value, int]:
        spans = arguments(self.text.code, start)[:_MOST_PARTS]
        literal = self.grammar.literal.match(self.text.code, spans[0][0]) if spans else None
        if literal is None:
            return UNKNOWN, start
        values = [self.value(begin, depth + 1) for begin, _ in spans[1:]]
        return self._filled(literal.groupdict().get("text") or "", values, depth), spans[-1][1] + 1

    def _filled(self, text: str, values: list[Value], depth: int) -> Value:
        """Text with its holes filled, by name or in order; an unknown one is left out."""
        parts: list[Value] = []
        at, following = 0, iter(values)
        for hole in list(self.grammar.hole.finditer(text))[:_MOST_PARTS]:
            filled = self.named(hole[1].rpartition(".")[2], depth + 1) if hole[1] else next(following, UNKNOWN)
            parts += [Value(text[at : hole.start()]), filled]
            at = hole.end()
        return joined([*parts, Value(text[at:])])


def unit_expressions(
    texts: Sequence[CodeText], grammar: Grammar, reads: Mapping[str, Mapping[int, Read]], fields: Mapping[str, Value]
) -> Mapping[str, Expressions]:
    """What expressions come to in each file of a unit, by its path. `reads` are those of each file."""
    alone = [Expressions(text, grammar, _places(text), reads[text.file.path], fields) for text in texts]
    shared = agreed(pair for values in alone for pair in values.shared())
    return {one.text.file.path: Expressions(one.text, grammar, one.places, one.reads, fields, shared) for one in alone}


def _places(text: CodeText) -> Mapping[str, Sequence[int]]:
    """Where names get their values; a name in quotes is a key of something else."""
    places: dict[str, list[int]] = {}
    for found in _DEFINITIONS.find(text):
        if text.code[found.start - 1 : found.start] != '"':
            places.setdefault(found.name, []).append(found.end)
    return places
