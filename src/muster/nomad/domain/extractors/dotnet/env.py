"""How .NET code reads environment variables, and keys of its configuration, which variables set with `__`."""

import re
from collections.abc import Iterator, Mapping

from muster.nomad.domain.extractors.code.compiled import Read
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.judging import judge
from muster.nomad.domain.extractors.code.text import CodeText, call_end

_READ = re.compile(
    rf"(?<!\w)(?:System\.)?Environment\.GetEnvironmentVariable\(\s{{0,20}}(?:\"({NAME})\"|([\w.]{{1,80}}))\s{{0,9}}(?:,[^)\n]{{0,60}})?\)"
)
_HELPER = re.compile(
    rf"(?<![\w.])((?:\w{{1,40}}\.)?\w{{0,40}}Env\w{{0,40}})(?:<\w{{1,20}}>)?\(\s{{0,9}}\"({UPPER_NAME})\"\s{{0,9}}(?:(,)\s{{0,20}}|\))"
)
_NO_READ = re.compile(r"(?:^|\.)(?:Set|Add|With|Expand|Clear)|GetEnvironmentVariable$|EnvironmentVariables$")
_INSISTS = re.compile(r"require|must|mandatory", re.IGNORECASE)
_KEY = r"\"([A-Za-z][\w.-]{0,60}(?::[\w.-]{1,60}){0,5})\""
_CONFIGURATION = re.compile(
    rf"(?<!\w)(?:\w{{1,40}}\.)?_?[cC]onfig(?:uration|Root)?\s{{0,3}}(?:\[\s{{0,9}}{_KEY}\s{{0,9}}\]"
    rf"|\.(GetValue|GetRequiredValue)(?:<[\w?]{{1,30}}>)?\(\s{{0,20}}(?:typeof\(\w{{1,20}}\),\s{{0,9}})?{_KEY}\s{{0,9}}(?:(,)\s{{0,20}}|\)))"
)
_CONNECTION = re.compile(r"\.GetConnectionString\(\s{0,9}\"([\w.-]{1,60})\"\s{0,9}\)")
_CONSTANT = re.compile(
    rf"\b(?:const|readonly)\s{{1,9}}string\s{{1,9}}(\w{{2,60}})\s{{0,9}}=\s{{0,20}}\"({UPPER_NAME})\""
)
# Set by the host of the application or its tools; the settings of logging are nobody's deployment.
_ASIDE = re.compile(
    r"Logging|Serilog|AllowedHosts|DOTNET_\w+|ASPNETCORE_(?:ENVIRONMENT|URLS|HTTPS?_PORTS?)|urls", re.IGNORECASE
)


def constants(text: CodeText) -> Iterator[tuple[str, str]]:
    """The names of constants that hold what could be the name of a variable."""
    return ((found[1], found[2]) for found in text.find(_CONSTANT)) if "string" in text.code else iter(())


def env_reads(text: CodeText, names: Mapping[str, str]) -> Mapping[int, Read]:
    """The reads of variables in a file by their offsets. `names` are the unit's constants."""
    if "Env" not in text.code:
        return {}
    reads = (*_helpers(text), *_reads(text, names))
    return {read.start: read for read in reads if not _ASIDE.fullmatch(read.name)}


def key_reads(text: CodeText) -> Mapping[int, Read]:
    """The reads of keys, by the variables that set them; in capitals alone a key is meant to be one."""
    if "onfig" not in text.code and "GetConnectionString" not in text.code:
        return {}
    return {read.start: read for read in (*_keys(text), *_connections(text))}


def is_plain(read: EnvRead) -> bool:
    """Whether the name is one that only a variable has, rather than a key that files of settings hold as well."""
    return re.fullmatch(UPPER_NAME, read.name) is not None and "__" not in read.name


def variable(key: str) -> str | None:
    """The variable that sets a key: `Smtp:Host` is `Smtp__Host`; None where no shell could set it."""
    name = key.replace(":", "__")
    return name if re.fullmatch(NAME, name) and not _ASIDE.fullmatch(key.partition(":")[0]) else None


def _reads(text: CodeText, names: Mapping[str, str]) -> Iterator[Read]:
    for found in text.find(_READ):
        name = found[1] or names.get(found[2].rpartition(".")[2])
        if name:
            how, default_at = judge(text, found.start(), found.end())
            yield Read(name, found.start(), found.end(), how, default_at)


def _helpers(text: CodeText) -> Iterator[Read]:
    for found in text.find(_HELPER):
        if not _NO_READ.search(found[1]):
            yield _defaulted(text, found, found[2], comma=bool(found[3]), insists=bool(_INSISTS.search(found[1])))


def _keys(text: CodeText) -> Iterator[Read]:
    for found in text.find(_CONFIGURATION):
        name = variable(found[1] or found[3])
        if name:
            read = _defaulted(text, found, name, comma=bool(found[4]), insists=found[2] == "GetRequiredValue")
            plain = re.fullmatch(UPPER_NAME, name) and "__" not in name
            # A file of settings may hold the key: nothing fails for want of a variable.
            how = read.how if plain or read.how is How.DEFAULT else How.TESTED
            yield Read(name, read.start, read.end, how, read.default_at)


def _connections(text: CodeText) -> Iterator[Read]:
    for found in text.find(_CONNECTION):
        name = variable("ConnectionStrings:" + found[1])
        if name:
            yield Read(name, found.start(), found.end(), How.TESTED)


def _defaulted(text: CodeText, found: "re.Match[str]", name: str, *, comma: bool, insists: bool) -> Read:
    if comma:
        return Read(name, found.start(), call_end(text.code, found.end()), How.DEFAULT, found.end())
    how, default_at = judge(text, found.start(), found.end())
    return Read(name, found.start(), found.end(), How.NEEDED if insists and how is How.BARE else how, default_at)
