"""How Ruby reads environment variables: `ENV` with what stands around it, lists of names, Hanami's settings."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.reads import direct_reads
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.ruby.grammar import RULES

_ASKED = re.compile(rf"(?<![\w.])ENV\.(?:key|has_key|include|member)\?[ (]\s{{0,3}}['\"]({NAME})['\"]")
_SEVERAL = re.compile(r"(?<![\w.])ENV\.(?:values_at|slice|fetch_values)\(([^()\n]{1,500})\)")
_REQUIRED = re.compile(r"\b(?:Dotenv|Figaro)\.require_keys[ (]([^()]{1,1000})")
_COMPUTED = re.compile(r"(?<![\w.])ENV(?:\[\s{0,3}|\.(?:fetch|key\?|has_key\?)[ (]\s{0,3})[a-z_]")
_LIST = re.compile(
    r"(?:[A-Za-z_]{0,40}(?:[Ee]nv|ENV|[Rr]equir|REQUIR|[Vv]ars|VARS)\w{0,40}\s{0,9}=\s{0,9})?"
    r"(?:%[wWiI][\[({]|(?<=[=\s(])\[)([^\])}[]{1,1000})[\])}](\.each\b)?"
)
_QUOTED = re.compile(rf"['\"]({NAME})['\"]")
_WORD = re.compile(UPPER_NAME)
_SETTINGS = re.compile(r"<\s{0,9}Hanami::Settings\b")
_SETTING = re.compile(r"^\s{0,40}+setting[ (]\s{0,3}:(\w{1,60})(?:\s{0,9}(?=[,\n)])([^\n]{0,200}))?", re.MULTILINE)
_SETTING_DEFAULT = re.compile(r"\bdefault:\s{0,9}")


def env_reads(text: CodeText, values: ScriptingExpressions) -> list[EnvRead]:
    """The reads in a file."""
    found = list(_settings(text, values))
    if "ENV" in text.code:
        found += [*direct_reads(text, values, RULES), *_asked(text)]
    if "require_keys" in text.code:
        found += _named(text, _REQUIRED, How.NEEDED)
    return found


def _asked(text: CodeText) -> Iterator[EnvRead]:
    yield from (EnvRead(found[1], text.line(found.start()), How.TESTED) for found in text.find(_ASKED))
    yield from _named(text, _SEVERAL, How.BARE)
    if _COMPUTED.search(text.code):
        yield from _listed(text)


def _named(text: CodeText, expression: "re.Pattern[str]", how: How) -> Iterator[EnvRead]:
    for found in text.find(expression):
        for name in _QUOTED.finditer(found[1]):
            yield EnvRead(name[1], text.line(found.start(1) + name.start()), how)


def _listed(text: CodeText) -> Iterator[EnvRead]:
    """`REQUIRED_ENV = %w[A B]` and `%w[A B].each { |name| ENV.fetch(name) }` in files that read by computed names."""
    for found in text.find(_LIST):
        if found[2] is None and found[0][:1] in "%[":
            continue
        for name in _WORD.finditer(found[1]):
            yield EnvRead(name[0], text.line(found.start(1) + name.start()), How.NEEDED)


def _settings(text: CodeText, values: ScriptingExpressions) -> Iterator[EnvRead]:
    """Hanami takes `setting :database_url` from DATABASE_URL."""
    if "Hanami::Settings" not in text.code or not _SETTINGS.search(text.code):
        return
    for found in text.find(_SETTING):
        default = _SETTING_DEFAULT.search(text.code, found.start(), found.end())
        value = values.value(default.end()).whole_text if default else None
        yield EnvRead(found[1].upper(), text.line(found.start(1)), How.DEFAULT if default else How.NEEDED, value)
