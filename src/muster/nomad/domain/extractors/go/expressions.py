"""What a Go expression comes to: literals, constants, flags, formatted text, environment variables."""

import re
from collections import defaultdict
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.definitions import LISTENING, Definitions
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME
from muster.nomad.domain.extractors.code.expressions import MOST_PARTS, Expressions, Placed, Places
from muster.nomad.domain.extractors.code.text import CodeText, arguments, go_text
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known, joined
from muster.nomad.domain.extractors.extractor import SourceFile

# Names whose value is worth looking up: where the code listens.
_DEFINITIONS = Definitions(
    words=(
        *LISTENING,
        *("endpoint", "Endpoint"),
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
class GoExpressions(Expressions):
    """The expressions of one file. Viper's keys and flags of command lines are names by their `option_name`."""

    def _expression(self, offset: int, depth: int) -> Placed:
        return self._joined(offset, depth, self._primary, _PLUS)

    def _known(self, name: str, own: Value, depth: int) -> Value:
        known = super()._known(name, own, depth)
        return known if known.known or name.startswith("-") else self.named(option_name(name), depth + 1)

    def _primary(self, offset: int, depth: int) -> Placed:
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

    def _formatted(self, call: "re.Match[str]", depth: int) -> Placed:
        """`fmt.Sprintf(":%s", port)`, `net.JoinHostPort(host, port)`, `cmp.Or(a, b)`."""
        spans = arguments(self.text.code, call.end())[:MOST_PARTS]
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


def find_places(text: CodeText) -> Places:
    """Where names of variables, constants, fields and flags in a file get their values."""
    return text.file.made(_places)


def _places(file: SourceFile) -> Places:
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
