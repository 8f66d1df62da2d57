"""How Go code reads environment variables: `os.Getenv` and `os.LookupEnv` with what follows, and helpers."""

import re
from collections.abc import Iterator, Mapping

from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.go.expressions import GoExpressions

_READ = re.compile(rf"(?<!\w)os\.(?:Getenv|LookupEnv)\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)")
_HELPER = re.compile(
    rf"(?<![\w.])([\w.]{{0,60}}?[Ee](?:nv|NV)\w{{0,40}})\(\s{{0,9}}\"({UPPER_NAME})\"\s{{0,9}}(?:(,)\s{{0,9}}|\))"
)
_NO_READ = re.compile(
    r"(?:os\.(?:Getenv|LookupEnv)|(?:Set|Unset|Bind|Expand|Clear|Load|With)\w{0,20}|EnvVars?)$|\.Setenv"
)
_INSISTS = re.compile(r"must|require|mandatory|fatal|panic|strict", re.IGNORECASE)

_ASSIGNED = re.compile(
    r"([A-Za-z_][\w.]{0,60})(?:\s{0,9},\s{0,9}(\w{1,40}))?\s{0,40}(?:string\s{0,40})?:?=\s{0,9}(?:[\w.]{1,40}\()?$"
)
_COMPARED = re.compile(r"\s{0,9}[!=]=\s{0,9}")
_LENGTH = re.compile(r"\blen\($")
_ABSENT = re.compile(
    r"==\s{0,9}(?:\"\"|``)|len\([^)]{1,80}\)\s{0,9}==\s{0,9}0|!\s{0,3}\w|len\([^)]{1,80}\)\s{0,9}<\s{0,9}1"
)
_ABSENT_TEST = re.compile(r"\bif\s{1,9}(?:len\()?([A-Za-z_][\w.]{0,60})\)?\s{0,9}==\s{0,9}(?:\"\"|0)\s{0,9}\{")
_LEAVES = re.compile(
    r"\bpanic\(|[Ff]atal|\bos\.Exit\(|\breturn\b[^\n]{0,120}(?:[Ee]rr|fmt\.Errorf|errors\.New)|\bcli\.Exit\("
)
_WINDOW = 1500


def env_reads(text: CodeText, values: GoExpressions) -> list[EnvRead]:
    """The reads in a file."""
    found = list(text.find(_READ))
    tests = {test[1]: test.start(1) for test in text.find(_ABSENT_TEST)} if found else {}
    return [*(_read(text, values, tests, one) for one in found), *_helpers(text, values)]


def _read(text: CodeText, values: GoExpressions, tests: Mapping[str, int], found: "re.Match[str]") -> EnvRead:
    line = text.line(found.start())
    before = text.before(found.start(), 140)
    if _COMPARED.match(text.code, found.end()) or _LENGTH.search(before):
        how, default = _tested(text, values, found.start(), "")
        return EnvRead(found[1], line, how, default)
    assigned = _ASSIGNED.search(before)
    if assigned is None:
        return EnvRead(found[1], line, How.BARE)
    how, default = _guarded(text, values, tests, found.end(), assigned)
    return EnvRead(found[1], line, how, default)


def _guarded(
    text: CodeText, values: GoExpressions, tests: Mapping[str, int], end: int, assigned: "re.Match[str]"
) -> tuple[How, str | None]:
    """What the code does with the variable, or the `ok`, that the read was put into."""
    for name in (assigned[2], assigned[1]):
        if not name or name == "_":
            continue
        test = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)").search(text.code, end, end + _WINDOW)
        if test is None:
            continue
        line_start = text.code.rfind("\n", 0, test.start()) + 1
        condition = text.code[line_start : test.start()]
        same_line = text.code.rfind("\n", end, test.start()) < 0  # `if v := os.Getenv("X"); v != "" {`
        if same_line or re.match(r"\s{0,40}(?:\}\s{0,9}else\s{1,9})?if\b", condition):
            return _tested(text, values, test.start(), assigned[1])
    if ":=" not in assigned[0] and assigned[1] in tests:  # a package's variable or a field: tested anywhere
        return _tested(text, values, tests[assigned[1]], assigned[1])
    return How.BARE, None


def _tested(text: CodeText, values: GoExpressions, at: int, name: str) -> tuple[How, str | None]:
    """What the test that an offset lies in means, with the default that its block sets."""
    line_start = text.code.rfind("\n", 0, at) + 1
    opening = text.code.find("{", at, at + 300)
    if opening < 0 or "\n" in text.code[at:opening] or "if" not in text.code[line_start:at]:
        return How.TESTED, None
    condition = text.code[line_start:opening].rpartition(";")[2]
    closing = text.code.find("}", opening, opening + 400)
    if not _ABSENT.search(condition):
        return How.TESTED, None
    if _LEAVES.search(text.code, opening, closing if closing > 0 else opening + 400):
        return How.NEEDED, None
    sets = re.compile(rf"(?<![\w.]){re.escape(name)}\s{{0,9}}=\s{{0,9}}") if name else None
    found = sets.search(text.code, opening, max(closing, opening)) if sets else None
    return (How.DEFAULT, values.value(found.end()).whole_text) if found else (How.TESTED, None)


def _helpers(text: CodeText, values: GoExpressions) -> Iterator[EnvRead]:
    """`getEnv("X", "default")`, `mustGetenv("X")`."""
    for found in text.find(_HELPER):
        if _NO_READ.search(found[1]):
            continue
        line = text.line(found.start())
        if found[3]:
            yield EnvRead(found[2], line, How.DEFAULT, values.value(found.end()).whole_text)
        else:
            tested = How.TESTED if _COMPARED.match(text.code, found.end()) else How.BARE
            yield EnvRead(found[2], line, How.NEEDED if _INSISTS.search(found[1]) else tested)
