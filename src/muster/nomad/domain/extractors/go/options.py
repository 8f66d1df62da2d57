"""Environment variables behind viper's keys and urfave/cli's flags."""

import re
from collections.abc import Iterable, Iterator, Mapping

from muster.nomad.domain.extractors.code.env import NAME, EnvRead, How
from muster.nomad.domain.extractors.code.expressions import Places
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.go.expressions import FLAG, GoExpressions, option_name
from muster.nomad.domain.extractors.go.structs import EnvField

_KEY = r"\"([\w.-]{1,80})\""
_BOUND = re.compile(rf"\.(?:Must)?BindEnv\(\s{{0,9}}{_KEY}\s{{0,9}}(?:,\s{{0,9}}\"({NAME})\")?")
_PREFIX = re.compile(rf"\.SetEnvPrefix\(\s{{0,9}}\"({NAME})\"")
_FLAG_ENV = re.compile(
    rf"\bEnvVars?\s{{0,9}}:\s{{0,9}}(?:\[\]string\s{{0,9}}\{{\s{{0,9}})?\"({NAME})\"|\bcli\.EnvVars\(\s{{0,9}}\"({NAME})\""
)
_FLAG_NAME = re.compile(rf"\bName\s{{0,9}}:\s{{0,9}}{_KEY}")
_FLAG_VALUE = re.compile(r"\bValue\s{0,9}:\s{0,9}")
_FLAG_REQUIRED = re.compile(r"\bRequired\s{0,9}:\s{0,9}true\b")
_AROUND = 400
_NAME = re.compile(NAME)


def option_fields(texts: Iterable[CodeText], places: Mapping[str, Places]) -> list[EnvField]:
    """The variables of a unit that set viper's keys and flags; the field is the `option_name`.

    `places`: where names get their values in each file, by its path.
    """
    files = [(text, GoExpressions(text, places[text.file.path])) for text in texts]
    viper = [pair for pair in files if "viper" in pair[0].code]
    automatic = any(".AutomaticEnv()" in text.code for text, _ in viper)
    prefix = next((found[1] + "_" for text, _ in viper if (found := _PREFIX.search(text.code))), "")
    replaces = any(".SetEnvKeyReplacer(" in text.code for text, _ in viper)
    found = [field for text, values in viper for field in _bound(text, values, prefix, replaces=replaces)]
    if automatic:
        found += [field for text, values in viper for field in _automatic(text, values, prefix, replaces=replaces)]
    return [*found, *(field for text, values in files for field in _flags(text, values))]


def _bound(text: CodeText, values: GoExpressions, prefix: str, *, replaces: bool) -> Iterator[EnvField]:
    for found in text.find(_BOUND):
        name = found[2] or _variable(found[1], prefix, replaces=replaces)
        if name:
            default = values.named(option_name(found[1])).whole_text
            how = How.TESTED if default is None else How.DEFAULT
            yield EnvField(option_name(found[1]), text.file.path, EnvRead(name, text.line(found.start()), how, default))


def _automatic(text: CodeText, values: GoExpressions, prefix: str, *, replaces: bool) -> Iterator[EnvField]:
    for found in text.find(FLAG):
        name = _variable(found[2], prefix, replaces=replaces)
        if name and ("SetDefault" in found[0] or ".BindPFlag" in text.code):
            read = EnvRead(name, text.line(found.start()), How.DEFAULT, values.value(found.end()).whole_text)
            yield EnvField(option_name(found[2]), text.file.path, read)


def _variable(key: str, prefix: str, *, replaces: bool) -> str | None:
    """The variable that viper reads for a key; None when no shell could set it (`SERVER.PORT`)."""
    name = (prefix + key).upper()
    name = name.replace(".", "_").replace("-", "_") if replaces else name
    return name if _NAME.fullmatch(name) else None


def _flags(text: CodeText, values: GoExpressions) -> Iterator[EnvField]:
    for found in text.find(_FLAG_ENV):
        start = max(text.code.rfind("Flag{", max(0, found.start() - _AROUND), found.start()), 0)
        end = text.code.find("Flag{", found.end(), found.end() + _AROUND)
        end = end if end > 0 else found.end() + _AROUND
        name, value = _FLAG_NAME.search(text.code, start, end), _FLAG_VALUE.search(text.code, start, end)
        default = values.value(value.end()).whole_text if value else None
        needed = How.NEEDED if _FLAG_REQUIRED.search(text.code, start, end) else How.TESTED
        read = EnvRead(found[1] or found[2], text.line(found.start()), How.DEFAULT if value else needed, default)
        yield EnvField(option_name(name[1]) if name else "", text.file.path, read)
