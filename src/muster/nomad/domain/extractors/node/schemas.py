"""Environment variables in schemas: zod, t3-env, envalid, Joi, valibot, convict, and node-config's file of names."""

import json
import re
from collections.abc import Iterator
from typing import cast

from muster.nomad.domain.extractors.code.env import UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText, arguments
from muster.nomad.domain.extractors.extractor import SourceFile

_FOR_ENVIRONMENT = re.compile(
    r"(?:process|Bun|import\.meta)\.env\b|\bcreateEnv\(|\bcleanEnv\(|validationSchema|@nestjs/config|\bConfigModule\b"
)
_ENTRY = re.compile(
    rf"(?<![\w$.])['\"]?({UPPER_NAME})['\"]?\s{{0,9}}:\s{{0,20}}"
    r"(?=(?:z|zod|Joi|joi|v|yup|Yup|Type|t|S|envalid|validators?)\s{0,20}\.|(?:str|num|port|bool|url|email|host|json|makeValidator)\()"
)
_VALUE = r"\s{0,9}(?:([0-9]{1,9})|(['\"`])([^'\"`\n]{0,200})\2|(true|false)|)"
_DEFAULT = re.compile(r"(?:\.(?:default|catch|prefault)\(|[{,]\s{0,9}default\s{0,9}:)" + _VALUE)
_OPTIONAL = re.compile(
    r"\.(?:optional|nullish|nullable)\(|\bv\.optional\(|default\s{0,9}:\s{0,9}undefined|allow\(['\"]{2}"
)
_LONGEST_ENTRY = 600

_CONVICT = re.compile(rf"\benv\s{{0,9}}:\s{{0,9}}['\"]({UPPER_NAME})['\"]")
_CONVICT_DEFAULT = re.compile(r"\bdefault\s{0,9}:" + _VALUE)


def schema_reads(text: CodeText) -> Iterator[EnvRead]:
    """The variables that schemas in a file name; those without a default or `optional` are needed."""
    if text.has(_FOR_ENVIRONMENT):
        for found in text.find(_ENTRY):
            yield _entry(text, found)
    if "convict" in text.code:
        for found in text.find(_CONVICT):
            yield _convict(text, found)


def names_file_reads(file: SourceFile) -> list[EnvRead]:
    """node-config's `custom-environment-variables.json`: its leaves are variables that may be set."""
    try:
        data: object = json.loads(file.text)
    except (ValueError, RecursionError):
        return []
    return [EnvRead(name, _line(file, name), How.TESTED) for name in _leaves(data)]


def _entry(text: CodeText, found: "re.Match[str]") -> EnvRead:
    spans = arguments(text.code, found.end())[:1]
    end = min(spans[0][1] if spans else found.end(), found.end() + _LONGEST_ENTRY)
    schema = text.code[found.end() : end]
    line = text.line(found.start())
    default = _DEFAULT.search(schema)
    if default and not _OPTIONAL.search(default[0]):
        return EnvRead(found[1], line, How.DEFAULT, _said(default))
    return EnvRead(found[1], line, How.TESTED if _OPTIONAL.search(schema) else How.NEEDED)


def _convict(text: CodeText, found: "re.Match[str]") -> EnvRead:
    start = text.code.rfind("{", max(0, found.start() - 400), found.start())
    end = text.code.find("}", found.end(), found.end() + 400)
    default = _CONVICT_DEFAULT.search(text.code, max(start, 0), end if end > 0 else found.end())
    how = How.DEFAULT if default else How.TESTED
    return EnvRead(found[1], text.line(found.start()), how, _said(default) if default else None)


def _said(default: "re.Match[str]") -> str | None:
    return default[1] or default[3] or default[4]


def _leaves(data: object) -> Iterator[str]:
    if isinstance(data, str) and re.fullmatch(UPPER_NAME, data):
        yield data
    elif isinstance(data, dict):
        table = cast(dict[str, object], data)
        named = table.get("__name")
        inner = [named] if isinstance(named, str) else list(table.values())
        yield from (name for value in inner for name in _leaves(value))


def _line(file: SourceFile, name: str) -> int:
    return next((number for number, line in enumerate(file.lines, start=1) if f'"{name}"' in line), 1)
