"""What a JavaScript expression comes to: literals, constants, alternatives, environment variables."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from muster.nomad.domain.extractors.code.definitions import Definitions
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME
from muster.nomad.domain.extractors.code.expressions import Expressions, Placed, Places
from muster.nomad.domain.extractors.code.text import CodeText, script_text
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, first_known
from muster.nomad.domain.extractors.extractor import SourceFile

# Names whose value is worth looking up: where the code listens, what its routes begin with.
_DEFINITIONS = Definitions(
    words=("port", "Port", "PORT", "listen", "Listen", "LISTEN", "prefix", "Prefix", "PREFIX"),
    letters=r"[\w$]",
    tail=r"['\"]?\s{0,20}+(?::\s{0,5}(?:number|string|any)(?:\s{0,5}\|\s{0,5}\w{1,20})?\s{0,5}(?==))?([:=])(?![=>])\s{0,20}+",
)
_SET = re.compile(r"\.set\(\s{0,20}+['\"]([\w.]{0,40}port)['\"]\s{0,20}+,\s{0,20}+")
_DESTRUCTURED = re.compile(r"\{([^{}]{1,1500})\}\s{0,9}(?::[^=;{}]{0,40})?=\s{0,9}process\.env\b")
_TAKEN = re.compile(rf"(?:^|,)\s*({NAME})\s{{0,9}}(?::\s{{0,9}}([\w$]{{1,60}}))?")
# Wrappers such as `Number(` and `parseInt(`; a call with a word in quotes reads something by name and stays.
_WRAPPER = re.compile(
    r"(?:[\s+(]|await\s|new\s|(?!process\b|Deno\b|Bun\b)[A-Za-z_$][\w$.]{0,60}\((?!\s{0,9}['\"`][A-Za-z])){1,8}+"
)
_LITERAL = re.compile(r"([0-9]{1,9})(?![\w.]|\s{0,3}[*/%])|(['\"`])([^'\"`\n$]{0,200})\2|(true|false)\b")
_ENV = re.compile(
    rf"(?:process|Bun)\.env(?:\??\.({NAME})(?![\w$(])|\[\s{{0,9}}['\"`]({NAME})['\"`]\s{{0,9}}\])"
    rf"|Deno\.env\.get\(\s{{0,9}}['\"`]({NAME})['\"`]\s{{0,9}}\)"
)
_GETTER = re.compile(
    r"[A-Za-z_$][\w$.]{0,60}(?:<[^>(]{0,40}>)?\(\s{0,9}['\"`]([A-Za-z][\w.]{0,60})['\"`]\s{0,9}(,\s{0,9})?"
)
_NAMED = re.compile(r"(?:[A-Za-z_$][\w$]{0,60}\??!?\.){0,8}([A-Za-z_$][\w$]{0,60})(?![\w$(])")
_NOTHING = frozenset({"undefined", "null"})
_UPPER = re.compile(UPPER_NAME)
_OR = re.compile(
    r"\s{0,9}!?\s{0,9}(?:as\s\w{1,30}\s{0,9})?(?:,\s{0,9}10\s{0,9})?[)\s]{0,20}(?:\|\||\?\?|\?(?!\.)|:(?!:))\s{0,20}"
)


@dataclass(frozen=True)
class _Names:
    """`places`: where a file's names get their values; a property by its name with a dot before it (`.port`).
    `taken`: variables that are taken out of `process.env`, and what they are called there."""

    places: Places
    taken: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ScriptExpressions(Expressions):
    """The expressions of one file; a property is looked up by its last name with a dot before it (`.port`)."""

    taken: Mapping[str, str]
    """Variables that are taken out of `process.env`, and what they are called there."""

    def _expression(self, offset: int, depth: int) -> Placed:
        """Alternatives are `a || b`, `a ?? b`, `c ? a : b`."""
        return self._first(offset, depth, self._primary, _OR)

    def _known(self, name: str, own: Value, depth: int) -> Value:
        own = replace(own, env=own.env or self.taken.get(name))
        return own if own.known else self._from_elsewhere(name, depth)

    def _from_elsewhere(self, name: str, depth: int) -> Value:
        """A property set in another file, or a variable that is taken out of an object or imported."""
        if name.startswith("."):
            found = self.unit.get(name) or self.unit.get(name[1:])
            return found or (self.named(name[1:], depth + 1) if name[1:] in self.places else UNKNOWN)
        taken = re.search(rf"[{{,]\s{{0,40}}{re.escape(name)}\s{{0,40}}[,}}]", self.text.code)
        return self.named(f".{name}", depth + 1) if taken else UNKNOWN

    def _primary(self, offset: int, depth: int) -> Placed:
        code = self.text.code
        wrapper = _WRAPPER.match(code, offset)
        offset = wrapper.end() if wrapper else offset
        if literal := _LITERAL.match(code, offset):
            return Value(literal[1] or literal[3] or literal[4] or ""), literal.end()
        if env := _ENV.match(code, offset):
            return Value(None, env[1] or env[2] or env[3]), env.end()
        if getter := _GETTER.match(code, offset):
            return self._got(getter, depth), getter.end()
        if named := _NAMED.match(code, offset):
            return (UNKNOWN if named[1] in _NOTHING else self.named(_key(named), depth + 1)), named.end()
        return UNKNOWN, offset

    def _got(self, getter: "re.Match[str]", depth: int) -> Value:
        """`getEnv("PORT", 3000)`, `config.get("PORT")`, `app.get("port")`."""
        default = self.value(getter.end(), depth + 1) if getter[2] else UNKNOWN
        if _UPPER.fullmatch(getter[1]):
            return default.set_by(getter[1])
        return first_known((self.named("." + getter[1].rpartition(".")[2], depth + 1), default))


def script_expressions(text: CodeText) -> ScriptExpressions:
    """The expressions of a file, as far as it says itself."""
    names = text.file.made(_names)
    return ScriptExpressions(text, names.places, taken=names.taken)


def _names(file: SourceFile) -> _Names:
    text = script_text(file)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for found in _DEFINITIONS.find(text):
        variable = text.before(found.end).rstrip().endswith("=") and text.before(found.start, 1) != "."
        places[found.name if variable else f".{found.name}"].append(found.end)
    for found in text.find(_SET):
        places[f".{found[1].rpartition('.')[2]}"].append(found.end())
    taken = {local or name: name for found in text.find(_DESTRUCTURED) for name, local in _TAKEN.findall(found[1])}
    return _Names({name: sorted(ends) for name, ends in places.items()}, taken)


def _key(named: "re.Match[str]") -> str:
    """A plain name, or the last name of a chain with a dot before it."""
    return named[1] if named[0] == named[1] else f".{named[1]}"
