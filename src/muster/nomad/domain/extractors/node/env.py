"""How JavaScript and TypeScript read environment variables: `process.env` in its notations, and helpers.

`import.meta.env` is left out: a bundler replaces it when it builds.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.node.expressions import ScriptExpressions
from muster.nomad.domain.extractors.node.guards import Guards, find_guards, leaves_after

_ENVIRONMENT = re.compile(r"(?<![\w$.])(?:(?:process|Bun)\s{0,3}\.\s{0,3}env\b|Deno\.env\b)")
_ALIAS = re.compile(
    r"(?:const|let|var)\s{1,9}([A-Za-z_$][\w$]{0,40})\s{0,9}(?::[^=;\n]{0,60})?=\s{0,9}process\.env\s{0,9}(?:[;\n]|$)"
)
_MEMBER = re.compile(
    rf"\s{{0,9}}[!?]?\s{{0,9}}\.\s{{0,9}}({NAME})(?![\w$])(?!\s{{0,9}}\()"
    rf"|(?:\?\.)?\[\s{{0,9}}['\"`]({NAME})['\"`]\s{{0,9}}\]"
    rf"|\.get\(\s{{0,9}}['\"`]({NAME})['\"`]\s{{0,9}}\)"
)
_COMPUTED = re.compile(r"(?:process|Bun)\.env\[\s{0,9}[A-Za-z_$]")

_SET = re.compile(r"\s{0,9}=(?![=>])")
_CAST = r"\s{0,9}!?\s{0,9}(?:as\s[\w.]{1,30}\s{0,9})?(?:,\s{0,9}10\s{0,9})?"
_DEFAULT = re.compile(_CAST + r"[)\s]{0,20}(?:\|\||\?\?)=?\s{0,20}")
_FAILING = re.compile(
    r"throw\b|\(\(\)\s{0,9}=>\s{0,9}\{?\s{0,9}throw|[\w.]{0,40}(?:fail|invariant|panic|require|missing|raise)\w{0,40}\("
)
_TESTED = re.compile(r"\s{0,9}(?:[=!]==?|&&|\?(?!\?)|[<>]|\)\s{0,9}(?:\{|return\b|throw\b|process\.exit))")
_TESTING = re.compile(r"(?:!|\|\||\?\?|\bif\s{0,9}\(|\btypeof|&&|\bBoolean\()\s{0,9}$")
_USED = re.compile(r"\s{0,9}(?:!(?!=)|\.[A-Za-z])")
_VARIABLE = re.compile(
    r"\b(?:const|let|var)\s{1,9}([A-Za-z_$][\w$]{0,60})\s{0,9}(?::[^=;\n]{0,40})?=\s{0,9}(?:[A-Za-z.]{1,20}\(|\+)?\s{0,9}$"
)

_DESTRUCTURED = re.compile(r"\}\s{0,9}(?::[^=;{}]{0,40})?=\s{0,9}$")
_ENTRY = re.compile(rf"\s*({NAME})\s{{0,9}}(?::\s{{0,9}}([\w$]{{1,60}}))?\s{{0,9}}(=\s{{0,9}})?")
_HELPER = re.compile(
    rf"(?<![\w$])([\w$.]{{0,60}}?[Ee](?:nv|NV)[\w$]{{0,40}}(?:\.\w{{1,20}})?)\(\s{{0,9}}['\"`]({UPPER_NAME})['\"`]\s{{0,9}}(?:(,)\s{{0,9}}|\))"
)
_CHAIN = re.compile(r"(\.required\(\))|\.default\(\s{0,9}")
_INSISTS = re.compile(r"require|must|orthrow|mandatory|assert|strict", re.IGNORECASE)
_NO_READ = re.compile(r"\.(?:set|delete|has|stub)\w*$|(?:^|\.)(?:set|unset|delete|stub|mock|load)Env", re.IGNORECASE)
_CONFIG = re.compile(
    rf"\b[\w.]{{0,40}}?onfig\w{{0,20}}\.(get|getOrThrow)(?:<[^>(]{{0,60}}>)?\(\s{{0,9}}['\"`]({UPPER_NAME})['\"`]\s{{0,9}}(?:(,)\s{{0,9}}|\))"
)
_LIST = re.compile(
    r"(?<![\w$])[\w$]{0,40}(?:[Ee]nv|ENV|[Rr]equir|REQUIR|[Vv]ars|VARS)[\w$]{0,40}\s{0,9}(?::[^=\n]{0,60})?=\s{0,9}\[([^\]]{1,2000})\]"
)
_LISTED = re.compile(rf"['\"`]({UPPER_NAME})['\"`]")


def env_reads(text: CodeText, values: ScriptExpressions) -> list[EnvRead]:
    """The reads in a file."""
    if not any(text.has(reader) for reader in (_ENVIRONMENT, _HELPER, _CONFIG, _COMPUTED)):
        return []
    guards = find_guards(text, values)
    reads = [*_direct(text, values, guards), *_helpers(text, values, guards), *_lists(text)]
    written = {read.name for read in reads if read.how is How.DEFAULT and read.line == 0}
    own = [read for read in reads if read.line]
    return [EnvRead(one.name, one.line, How.DEFAULT) if one.name in written else one for one in own]


def _direct(text: CodeText, values: ScriptExpressions, guards: Guards) -> Iterator[EnvRead]:
    for found in _environments(text):
        member = _MEMBER.match(text.code, found.end())
        if member:
            name = member[1] or member[2] or member[3]
            yield _read(text, values, guards, name, found.start(), member.end())
        elif _DESTRUCTURED.search(text.before(found.start())):
            yield from _destructured(text, values, guards, found.start())


def _environments(text: CodeText) -> Iterator["re.Match[str]"]:
    yield from text.find(_ENVIRONMENT)
    alias = next(text.find(_ALIAS), None)
    if alias:
        yield from text.find(re.compile(rf"(?<![\w$.'\"]){re.escape(alias[1])}(?=\.[A-Z][A-Z0-9_]|\[['\"][A-Z])"))


def _read(text: CodeText, values: ScriptExpressions, guards: Guards, name: str, start: int, end: int) -> EnvRead:
    line = text.line(start)
    if _SET.match(text.code, end):
        return EnvRead(name, 0, How.DEFAULT)  # set here: line 0 marks it as no read
    default = _DEFAULT.match(text.code, end)
    if default and _FAILING.match(text.code, default.end()):
        return EnvRead(name, line, How.NEEDED)
    if default:
        return EnvRead(name, line, How.DEFAULT, values.value(default.end()).whole_text)
    how, said = _context(text, guards, start, end)
    return EnvRead(name, line, how, said)


def _context(text: CodeText, guards: Guards, start: int, end: int) -> tuple[How, str | None]:
    before = text.before(start, 90)
    if _TESTING.search(before) or _TESTED.match(text.code, end):
        return (How.NEEDED if before.endswith("!") and leaves_after(text, end) else How.TESTED), None
    if _USED.match(text.code, end):
        return How.NEEDED, None
    variable = _VARIABLE.search(before)
    return guards.get(variable[1], (How.BARE, None)) if variable else (How.BARE, None)


def _destructured(text: CodeText, values: ScriptExpressions, guards: Guards, end: int) -> Iterator[EnvRead]:
    """`const { PORT = 3000, HOST } = process.env`."""
    start = text.code.rfind("{", max(0, end - 2000), end) + 1
    at = start
    while start and (entry := _ENTRY.match(text.code, at, end)):
        line = text.line(entry.start(1))
        if entry[3]:
            yield EnvRead(entry[1], line, How.DEFAULT, values.value(entry.end()).whole_text)
        else:
            yield EnvRead(entry[1], line, *guards.get(entry[2] or entry[1], (How.BARE, None)))
        comma = text.code.find(",", entry.end(), end)
        if comma < 0:
            return
        at = comma + 1


def _helpers(text: CodeText, values: ScriptExpressions, guards: Guards) -> Iterator[EnvRead]:
    """`getEnv("X", "default")`, `env.get("X").required()`, Nest's `config.get("X")`."""
    for found in text.find(_HELPER):
        if _NO_READ.search(found[1]) or "Deno.env" in found[1]:
            continue
        chain = _CHAIN.match(text.code, found.end()) if not found[3] else None
        if chain and not chain[1]:
            yield EnvRead(found[2], text.line(found.start()), How.DEFAULT, values.value(chain.end()).whole_text)
        else:
            yield _helped(text, values, guards, found, needed=bool(chain or _INSISTS.search(found[1])))
    for found in text.find(_CONFIG):
        yield _helped(text, values, guards, found, needed=found[1] == "getOrThrow")


def _helped(
    text: CodeText, values: ScriptExpressions, guards: Guards, found: "re.Match[str]", *, needed: bool
) -> EnvRead:
    line, end = text.line(found.start()), found.end()
    if found[3] and text.code[end : end + 1] not in "{)":
        return EnvRead(found[2], line, How.DEFAULT, values.value(end).whole_text)
    later = _DEFAULT.match(text.code, end)
    if later:
        return EnvRead(found[2], line, How.DEFAULT, values.value(later.end()).whole_text)
    if needed or found[1].lower().endswith("env.get"):  # env-var's chain goes on with the type
        return EnvRead(found[2], line, How.NEEDED if needed else How.BARE)
    return EnvRead(found[2], line, *_context(text, guards, found.start(), end))


def _lists(text: CodeText) -> Iterator[EnvRead]:
    """Names in a list such as `const requiredEnv = ["A", "B"]` of a file that reads variables by computed names."""
    if not text.has(_COMPUTED):
        return
    for found in text.find(_LIST):
        for name in _LISTED.finditer(found[1]):
            yield EnvRead(name[1], text.line(found.start(1) + name.start()), How.NEEDED)
