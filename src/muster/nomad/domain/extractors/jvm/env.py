"""How Java and Kotlin code reads environment variables, and `${X}` in annotations and files of settings."""

import re
from collections.abc import Iterable, Iterator, Mapping

from muster.nomad.domain.extractors.code.compiled import Read
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.judging import judge
from muster.nomad.domain.extractors.code.settings import Setting
from muster.nomad.domain.extractors.code.text import CodeText, call_end

_READ = re.compile(
    rf"\b(?:System\.)?getenv\(\s{{0,9}}(?:\"({NAME})\"|([\w.]{{0,60}}[A-Z0-9_]{{2,60}}))\s{{0,9}}\)"
    rf"|\bSystem\.getenv\(\)(?:\[\s{{0,9}}|\.get\(\s{{0,9}})\"({NAME})\"\s{{0,9}}[)\]]"
)
_DEFAULTED = re.compile(rf"\bSystem\.getenv\(\)\s{{0,40}}\.getOrDefault\(\s{{0,20}}\"({NAME})\"\s{{0,9}},\s{{0,40}}")
# Maps and libraries whose keys may be properties as well: only names in capitals are variables there.
_LOOSE = re.compile(
    rf"(?<![\w.])((?:\w{{1,40}}\.)?(?:\w{{0,40}}[eE]nv\w{{0,40}}|getProperty|getRequiredProperty)"
    rf"(?:\.(?:get|getProperty|getRequiredProperty|getOrDefault|getOrElse))?)(?:<\w{{1,20}}>)?[(\[]\s{{0,9}}\"({UPPER_NAME})\"\s{{0,9}}(?:(,)\s{{0,40}}|[)\]])"
)
_NO_READ = re.compile(r"(?:put|set|with|add|remove|contains|clear)\w{0,20}$", re.IGNORECASE)
_INSISTS = re.compile(r"require|must|mandatory", re.IGNORECASE)
_ANNOTATION = re.compile(r"@(?:field:|param:)?(?:Value|ConfigProperty|Property|Scheduled)\(")
_CONSTANT = re.compile(
    rf"\b(?:String|val)\s{{1,9}}([A-Z][A-Z0-9_]{{1,60}})(?:\s{{0,9}}:\s{{0,9}}String)?\s{{0,9}}=\s{{0,20}}\"({NAME})\""
)
_PLACEHOLDER = re.compile(rf"\$\{{(\?)?({UPPER_NAME})(?:(:-?|\s{{0,9}},)([^${{}}\n\"]{{0,300}})((?=\$\{{)|\}})?|\}})")


def constants(text: CodeText) -> Iterator[tuple[str, str]]:
    """The names of constants that hold text which could be the name of a variable."""
    return ((found[1], found[2]) for found in text.find(_CONSTANT)) if "env" in text.code.lower() else iter(())


def env_reads(text: CodeText, names: Mapping[str, str]) -> Mapping[int, Read]:
    """The reads of a file by their offsets. `names` are the unit's constants."""
    found: dict[int, Read] = {}
    if "nv" in text.code or "getProperty(" in text.code:
        found |= {read.start: read for read in (*_loose(text), *_reads(text, names))}
    if "@" in text.code and "${" in text.code:
        found |= {read.start: read for read in _annotated(text)}
    return found


def setting_reads(settings: Iterable[Setting], *, needed: bool) -> list[EnvRead]:
    """The variables in placeholders. Without `needed` (a profile that may be off) one without a default is optional."""
    return [
        EnvRead(name, setting.line, how if needed or how is not How.NEEDED else How.TESTED, default)
        for setting in settings
        if "${" in setting.value
        for name, how, default in placeholders(setting.value)
    ]


def placeholders(text: str) -> Iterator[tuple[str, How, str | None]]:
    """The variables in `${X:default}`, `${X:-default}`, `${X}` and HOCON's `${?X}`."""
    for found in _PLACEHOLDER.finditer(text):
        default = found[4].strip() if found[3] else None
        if found[1]:
            yield found[2], How.TESTED, None
        elif default is None:
            yield found[2], How.NEEDED, None
        elif text.startswith("${", found.end()):  # another placeholder is the default
            yield found[2], How.DEFAULT, None
        else:
            yield found[2], How.DEFAULT if default else How.TESTED, default or None


def _reads(text: CodeText, names: Mapping[str, str]) -> Iterator[Read]:
    for found in text.find(_READ):
        name = found[1] or found[3] or names.get(found[2].rpartition(".")[2])
        if name:
            how, default_at = judge(text, found.start(), found.end())
            yield Read(name, found.start(), found.end(), how, default_at)
    for found in text.find(_DEFAULTED):
        yield Read(found[1], found.start(), call_end(text.code, found.end()), How.DEFAULT, found.end())


def _loose(text: CodeText) -> Iterator[Read]:
    for found in text.find(_LOOSE):
        if _NO_READ.search(found[1]):
            continue
        if found[3]:
            yield Read(found[2], found.start(), call_end(text.code, found.end()), How.DEFAULT, found.end())
            continue
        how, default_at = judge(text, found.start(), found.end())
        insists = how is How.BARE and _INSISTS.search(found[1])
        yield Read(found[2], found.start(), found.end(), How.NEEDED if insists else how, default_at)


def _annotated(text: CodeText) -> Iterator[Read]:
    for found in text.find(_ANNOTATION):
        for name, how, default in placeholders(text.code[found.end() : found.end() + 300].partition("\n")[0]):
            yield Read(name, found.start(), found.end(), how, default=default)
