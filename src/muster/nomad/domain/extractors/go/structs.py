"""Environment variables in the tags of Go structs: caarlos0/env, envconfig, cleanenv, go-envconfig, kong."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import NAME, EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import Value

_TYPE = re.compile(r"^[ \t]{0,20}+(?:type[ \t]{1,9})?(\w{1,60})[ \t]{1,9}struct[ \t]{0,9}\{", re.MULTILINE)
_FIELD = re.compile(
    r"^[ \t]{0,40}+([A-Z]\w{0,60})[ \t]{1,60}+([\w.\[\]*]{1,60})[ \t]{1,60}+`([^`\n]{1,400})`", re.MULTILINE
)
_TAG = re.compile(r"([A-Za-z][\w.-]{0,30}):\"([^\"\n]{0,200})\"")
_NAME = re.compile(NAME)
_PROCESS = re.compile(r"\benvconfig\.(?:Must)?Process\(\s{0,9}\"(\w{0,40})\"")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_KELSEY = "kelseyhightower/envconfig"
_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True)
class TaggedField:
    """A struct field with tags."""

    owner: str
    name: str
    type: str
    tags: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class EnvField:
    """A struct field that the environment sets."""

    field: str
    path: str
    read: EnvRead

    @property
    def value(self) -> Value:
        """What reading the field gives."""
        return Value(self.read.default, self.read.name)


def struct_fields(texts: Iterable[CodeText]) -> list[EnvField]:
    """The fields of all structs of a unit that tags tie to a variable."""
    files = tuple(texts)
    tagged = [(text, field) for text in files for field in _fields(text)]
    prefixes = {_plain(field.type): prefix for _, field in tagged if (prefix := _prefix_tag(field))}
    process = next((found[1] for text in files if (found := next(text.find(_PROCESS), None))), None)
    return [
        EnvField(field.name, text.file.path, read)
        for text, field in tagged
        if (read := _read(text, field, prefixes.get(field.owner, ""), process)) is not None
    ]


def _fields(text: CodeText) -> Iterator[TaggedField]:
    types = [(found.start(), found[1]) for found in text.find(_TYPE)]
    current = 0
    for found in text.find(_FIELD):
        while current + 1 < len(types) and types[current + 1][0] < found.start():
            current += 1
        owner = types[current][1] if types else ""
        yield TaggedField(owner, found[1], found[2], dict(_TAG.findall(found[3])), text.line(found.start(1)))


def _read(text: CodeText, field: TaggedField, prefix: str, process: str | None) -> EnvRead | None:
    named = _named(field) or _kelsey_name(text, field, process)
    if named is None or not _NAME.fullmatch(prefix + named[0]):
        return None
    name, options = named
    default = _default(field.tags, options)
    if default is not None:
        return EnvRead(prefix + name, field.line, How.DEFAULT, default)
    needed = any(option in {"required", "notEmpty"} for option in options) or any(
        field.tags.get(tag, "").lower() in _TRUE for tag in ("required", "env-required")
    )
    return EnvRead(prefix + name, field.line, How.NEEDED if needed else How.TESTED)


def _named(field: TaggedField) -> tuple[str, list[str]] | None:
    """The variable in a tag `env:"X,required"` or go-arg's `arg:"env:X"`."""
    tag = field.tags.get("env") or ""
    if not tag and "env:" in field.tags.get("arg", ""):
        tag = field.tags["arg"].partition("env:")[2]
    name, *options = (part.strip() for part in tag.split(","))
    return (name, options) if name else None


def _kelsey_name(text: CodeText, field: TaggedField, process: str | None) -> tuple[str, list[str]] | None:
    """envconfig's names: the prefix of `Process`, then the tag or the field's own name."""
    own = field.tags.get("envconfig")
    if _KELSEY not in text.code and own is None:
        return None
    if own is None and not {"default", "required", "split_words"} & field.tags.keys():
        return None
    split = field.tags.get("split_words", "").lower() in _TRUE
    name = own or ("_".join(_WORDS.findall(field.name)) if split else field.name)
    return f"{process}_{name}".upper() if process else name.upper(), []


def _default(tags: Mapping[str, str], options: list[str]) -> str | None:
    inline = next((option.partition("=")[2] for option in options if option.startswith("default=")), None)
    return next((tags[tag] for tag in ("envDefault", "env-default", "default") if tag in tags), inline)


def _prefix_tag(field: TaggedField) -> str:
    """`envPrefix:"DB_"`, `env-prefix:"DB_"`, `env:", prefix=DB_"` on a field whose type is a struct."""
    inline = (part.strip() for part in field.tags.get("env", "").split(","))
    prefix = next((part.partition("=")[2] for part in inline if part.startswith("prefix=")), "")
    return field.tags.get("envPrefix") or field.tags.get("env-prefix") or prefix


def _plain(type_name: str) -> str:
    return type_name.lstrip("*[]").rpartition(".")[2]
