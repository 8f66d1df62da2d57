"""What a Go expression comes to: literals, constants, flags, formatted text, environment variables."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from muster.nomad.domain.extractors.code.definitions import Definitions
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME
from muster.nomad.domain.extractors.code.text import CodeText, arguments, go_text
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known, joined
from muster.nomad.domain.extractors.extractor import SourceFile

_MOST_PARTS = 6
_DEEPEST = 8

# Names whose value is worth looking up: where the code listens.
_DEFINITIONS = Definitions(
    words=(
        *("port", "Port", "PORT", "addr", "Addr", "ADDR", "listen", "Listen", "LISTEN"),
        *("bind", "Bind", "BIND", "endpoint", "Endpoint"),
    ),
    letters=r"\w",
    tail=r"\"?\s{0,40}+(?:,\s{0,9}\w{1,40}\s{0,9})?(?:(?:string|u?int\w{0,2})\s{0,9}(?==))?(?::=|:|=(?!=))\s{0,20}+",
)
# The forms that end in P have a one-letter name as well.
_SHORT = r"(?(1)\"\w?\"\s{0,9},\s{0,20})"
_FLAG_VARIABLE = re.compile(
    rf"Var(P)?\(\s{{0,20}}&([\w.]{{1,80}})\s{{0,9}},\s{{0,20}}\"([^\"\n]{{0,80}})\"\s{{0,9}},\s{{0,20}}{_SHORT}"
)
FLAG = re.compile(
    r"\.(?:String|Int|Uint|Int64|Uint16|Uint64|Bool|SetDefault)(P)?"
    rf"\(\s{{0,20}}\"([\w.-]{{1,80}})\"\s{{0,9}},\s{{0,20}}{_SHORT}"
)
"""A flag, or a default of viper's: group 2 is its name, its value stands behind."""
_WRAPPER = re.compile(
    r"(?:[\s(*&]|(?!os\.|net\.Join|cmp\.Or|fmt\.Sprint|flag\.)[A-Za-z_][\w.]{0,60}\((?!\s{0,9}\")){1,8}+"
)
_LITERAL = re.compile(r"\"([^\"\\\n]{0,200})\"|`([^`\n]{0,200})`|([0-9]{1,9})(?![\w.]|\s{0,3}[*/%])|(true|false)\b")
_DURATION = re.compile(
    r"(?:([0-9]{1,6})\s{0,3}\*\s{0,3})?time\.(Hour|Minute|Second|Millisecond)\b(?:\s{0,3}\*\s{0,3}([0-9]{1,6})\b)?"
    r"(?!\s{0,3}[*/])"
)
_UNITS = {"Hour": "h", "Minute": "m", "Second": "s", "Millisecond": "ms"}
_ENV = re.compile(rf"os\.(?:Getenv|LookupEnv)\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)")
_FORMATTED = re.compile(r"fmt\.Sprintf?\(\s{0,9}|net\.JoinHostPort\(\s{0,9}|cmp\.Or\(\s{0,9}")
_CALLED = re.compile(r"[A-Za-z_][\w.]{0,60}\(\s{0,9}\"([A-Za-z][\w.-]{0,80})\"\s{0,9}(,\s{0,9})?")
_NAMED = re.compile(r"(?:[A-Za-z_]\w{0,60}\.){0,8}([A-Za-z_]\w{0,60})(?![\w(])")
_PLUS = re.compile(r"[)\s]{0,9}\+\s{0,9}")
_VERB = re.compile(r"%[sdvq]")
_UPPER = re.compile(UPPER_NAME)


@dataclass(frozen=True)
class GoValues:
    """Looks values up in one file, then among the fields and names that the unit's files agree on.

    `places`: where the file's names get their values. `fields`: struct fields with tags by name; viper's keys and flags
    of command lines by `option_name`.
    """

    text: CodeText
    places: Mapping[str, Sequence[int]]
    fields: Mapping[str, Value] = field(default_factory=dict[str, Value])
    unit: Mapping[str, Value] = field(default_factory=dict[str, Value])
    _seen: dict[str, Value] = field(default_factory=dict[str, Value], repr=False, compare=False)

    def value(self, offset: int, depth: int = 0) -> Value:
        """The value of the expression at an offset; parts joined by `+` are put together."""
        parts: list[Value] = []
        for _ in range(_MOST_PARTS if depth < _DEEPEST else 0):
            value, offset = self._primary(offset, depth)
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
        """The value of a variable, constant, field or flag by its last name."""
        if name not in self._seen:
            self._seen[name] = UNKNOWN  # a name that is set from itself ends here
            own = first_known(self.value(place, depth + 1) for place in self.places.get(name, [])[:_MOST_PARTS])
            known = first_known((own, self.fields.get(name, UNKNOWN)))
            known = known if known.known else self.unit.get(name, UNKNOWN)
            self._seen[name] = (
                known if known.known or name.startswith("-") else self.named(option_name(name), depth + 1)
            )
        return self._seen[name]

    def _primary(self, offset: int, depth: int) -> tuple[Value, int]:
        code = self.text.code
        wrapper = _WRAPPER.match(code, offset)
        offset = wrapper.end() if wrapper else offset
        if literal := _LITERAL.match(code, offset):
            return Value(next(text for text in literal.groups() if text is not None)), literal.end()
        if duration := _DURATION.match(code, offset):
            return Value(f"{int(duration[1] or 1) * int(duration[3] or 1)}{_UNITS[duration[2]]}"), duration.end()
        if env := _ENV.match(code, offset):
            return Value(None, env[1]), env.end()
        if formatted := _FORMATTED.match(code, offset):
            return self._formatted(formatted, depth)
        if called := _CALLED.match(code, offset):
            return self._called(called, depth), called.end()
        if named := _NAMED.match(code, offset):
            return self.named(named[1], depth + 1), named.end()
        return UNKNOWN, offset

    def _formatted(self, call: "re.Match[str]", depth: int) -> tuple[Value, int]:
        """`fmt.Sprintf(":%s", port)`, `net.JoinHostPort(host, port)`, `cmp.Or(a, b)`."""
        spans = arguments(self.text.code, call.end())[:_MOST_PARTS]
        values = [self.value(start, depth + 1) for start, _ in spans]
        end = spans[-1][1] if spans else call.end()
        if call[0].startswith("cmp"):
            return first_known(values), end
        if call[0].startswith("net"):
            return joined((Value(":"), values[-1])) if values else UNKNOWN, end
        pieces = _VERB.split(values[0].text or "") if values else []
        filled = (
            part
            for piece, value in zip(pieces, (*values[1:], Value("")), strict=False)
            for part in (Value(piece), value)
        )
        return joined(filled), end

    def _called(self, called: "re.Match[str]", depth: int) -> Value:
        """`getEnv("PORT", "8080")`, `viper.GetInt("port")`, `flag.Int("port", 8080, ...)`."""
        default = self.value(called.end(), depth + 1) if called[2] else UNKNOWN
        if _UPPER.fullmatch(called[1]):
            return default.set_by(called[1])
        return first_known((default, self.named(option_name(called[1]), depth + 1)))


def find_places(text: CodeText) -> Mapping[str, Sequence[int]]:
    """Where names of variables, constants, fields and flags in a file get their values."""
    return text.file.made(_places)


def _places(file: SourceFile) -> Mapping[str, Sequence[int]]:
    text = go_text(file)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for found in _DEFINITIONS.find(text):
        places[found.name].append(found.end)
    for found in text.find(_FLAG_VARIABLE):
        places[_last(found[2])].append(found.end())
        places[option_name(found[3])].append(found.end())
    for found in text.find(FLAG):
        places[option_name(found[2])].append(found.end())
    return dict(places)


def option_name(key: str) -> str:
    """How a flag or a key of a configuration is looked up: `http.listen-addr` is the field ListenAddr."""
    return "-" + re.sub(r"[^a-z0-9]", "", _last(key).lower())


def _last(name: str) -> str:
    return name.rpartition(".")[2]
