"""What JavaScript code does when a variable is absent: throws, exits, sets a default, or goes on."""

import re
from collections.abc import Mapping

from muster.nomad.domain.extractors.code.env import How
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.node.expressions import ScriptExpressions

Guards = Mapping[str, tuple[How, str | None]]

_IF = re.compile(r"\bif\s{0,9}\(([^{};\n]{1,200}?)\)\s{0,9}\{?([^}]{0,200})")
_ASSERTED = re.compile(r"\b(?:invariant|assert(?:\.ok)?)\(\s{0,9}([A-Za-z_$][\w$]{0,60})")
_NEGATED = re.compile(
    r"!\s{0,3}([A-Za-z_$][\w$]{0,60})(?![\w$.(=])|([A-Za-z_$][\w$]{0,60})\s{0,3}={2,3}\s{0,3}(?:undefined|null|['\"]{2})"
)
_NAMES = re.compile(r"(?<![\w$.'\"])([A-Za-z_$][\w$]{0,60})(?![\w$(])")
_LEAVES = re.compile(r"\bthrow\b|process\.exit\(|\bDeno\.exit\(")


def find_guards(text: CodeText, values: ScriptExpressions) -> Guards:
    """What tests of a variable say about it, by its name anywhere in the file."""
    guards: dict[str, tuple[How, str | None]] = {}
    for found in text.find(_IF):
        negated = {first or second for first, second in _NEGATED.findall(found[1])}
        for name in negated:
            guards[name] = min(guards.get(name, (How.BARE, None)), _guard(text, values, found, name), key=_surest)
        for name in set(_NAMES.findall(found[1])) - negated:
            guards.setdefault(name, (How.TESTED, None))
    guards.update((found[1], (How.NEEDED, None)) for found in text.find(_ASSERTED))
    return guards


def leaves_after(text: CodeText, offset: int) -> bool:
    """Whether the block behind a test throws or exits."""
    return bool(_LEAVES.search(text.code[offset : offset + 250].partition("}")[0]))


def _surest(guard: tuple[How, str | None]) -> int:
    return (How.NEEDED, How.DEFAULT, How.TESTED, How.BARE).index(guard[0])


def _guard(text: CodeText, values: ScriptExpressions, found: "re.Match[str]", name: str) -> tuple[How, str | None]:
    if _LEAVES.search(found[2]):
        return How.NEEDED, None
    sets = re.compile(rf"(?<![\w$.]){re.escape(name)}\s{{0,9}}=(?!=)\s{{0,9}}").search(
        text.code, found.start(2), found.end()
    )
    return (How.DEFAULT, values.value(sets.end()).whole_text) if sets else (How.TESTED, None)
