"""Environment variables behind the fields of Rust structs: clap, envy, the config crate and figment."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import NAME, EnvRead, How
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import Value

_STRUCT = re.compile(r"struct(?<!\wstruct)\s{1,9}(\w{1,60})(?:<[^>\n]{0,60}>)?\s{0,9}\{")
_FIELD = re.compile(
    r"((?:#\[[^\n]{0,300}\]\s{0,60}|#\[(?:arg|clap|structopt)\([^\]]{0,600}\]\s{0,60}){0,6}+)"
    r"(?:pub(?:\([\w ]{1,20}\))?\s{1,9})?([a-z_]\w{0,60})\s{0,9}:\s{0,9}([\w:<>&' ]{1,80})"
)
_OPTION = re.compile(r"#\[(?:arg|clap|structopt)\(")
_ENV = re.compile(rf"\benv(?:\s{{0,9}}=\s{{0,9}}\"({NAME})\")?(?=\s{{0,9}}[,)])")
_DEFAULT = re.compile(r"\bdefault_values?(?:_t)?\s{0,9}=\s{0,9}(?:\"([^\"\n]{0,200})\"|([\w.]{1,60})(?=\s{0,9}[,)])|)")
_BUILDER = re.compile(rf"\.env\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)")
_BUILDER_NAME = re.compile(r"Arg::(?:new|with_name)\(\s{0,9}\"([\w-]{1,60})\"")
_BUILDER_DEFAULT = re.compile(r"\.default_value\(\s{0,9}\"([^\"\n]{0,200})\"")
_ENVY = re.compile(
    rf"\benvy::(?:prefixed\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)\s{{0,40}}\.)?from_env(?:::<\s{{0,9}}([\w:]{{1,80}})\s{{0,9}}>)?"
)
_CONFIG = re.compile(
    rf"\bEnvironment::with_prefix\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)|\bEnv::prefixed\(\s{{0,9}}\"({NAME})\"\s{{0,9}}\)"
)
_SEPARATOR = re.compile(r"\.(?:separator|split)\(\s{0,9}\"(\W{1,3}|_{1,3})\"")
_PREFIX_SEPARATOR = re.compile(r"\.prefix_separator\(\s{0,9}\"(_{1,3})\"")
_TARGET = re.compile(r"\b(?:try_deserialize|try_into|extract)::<\s{0,9}([\w:]{1,80})\s{0,9}>")
_RETURNS = re.compile(r"\b(?:try_deserialize|extract)\(\)")
_ROOTS = ("Settings", "Config", "Configuration", "AppConfig", "AppSettings", "Args", "Self")
_DEEPEST = 5
_MOST_FIELDS = 300


@dataclass(frozen=True)
class StructField:
    """A field of a struct with its attributes."""

    owner: str
    name: str
    type: str
    attributes: str
    path: str
    line: int

    @property
    def inner(self) -> str:
        """The type without `Option<...>` and its path."""
        return self.type.removeprefix("Option<").rstrip("> ").rpartition("::")[2].rpartition("<")[2].strip()


@dataclass(frozen=True)
class RustField:
    """A field that the environment, or an option of the command line, sets; `read` None where no variable does."""

    field: str
    path: str
    line: int
    value: Value
    read: EnvRead | None = None


def env_fields(texts: Iterable[CodeText]) -> list[RustField]:
    """The fields of all structs of a unit that are tied to a variable or have a default of a command line."""
    files = tuple(text for text in texts if "struct" in text.code or ".env(" in text.code or "envy::" in text.code)
    fields = [one for text in files if "struct" in text.code for one in _struct_fields(text)]
    options = [found for one in fields if (found := _option(one))]
    built = [found for text in files if "Arg::" in text.code for found in _built(text)]
    return [*options, *built, *_deserialized(files, fields)]


def _struct_fields(text: CodeText) -> Iterator[StructField]:
    for struct in text.find(_STRUCT):
        end = text.code.find("\n}", struct.end())
        for found in list(_FIELD.finditer(text.code, struct.end(), end if end > 0 else struct.end() + 200))[:200]:
            line = text.line(found.start(2))
            yield StructField(struct[1], found[2], found[3].strip(), found[1], text.file.path, line)


def _option(field: StructField) -> RustField | None:
    """clap's `#[arg(env = "PORT", default_value = "8080")]`."""
    if not _OPTION.search(field.attributes):
        return None
    env, default = _ENV.search(field.attributes), _DEFAULT.search(field.attributes)
    text = (default[1] or default[2]) if default else None
    if env is None:
        return RustField(field.name, field.path, field.line, Value(text)) if text else None
    name = env[1] or field.name.upper()
    spared = field.type.startswith(("Option", "Vec")) or field.type == "bool"
    how = How.DEFAULT if default else How.TESTED if spared else How.NEEDED
    return RustField(field.name, field.path, field.line, Value(text, name), EnvRead(name, field.line, how, text))


def _built(text: CodeText) -> Iterator[RustField]:
    """clap's builder: `Arg::new("port").env("PORT").default_value("8080")`."""
    for found in text.find(_BUILDER):
        start = max(text.code.rfind("Arg::", max(0, found.start() - 400), found.start()), 0)
        end = text.code.find("Arg::", found.end(), found.end() + 400)
        end = end if end > 0 else found.end() + 400
        name, default = _BUILDER_NAME.search(text.code, start), _BUILDER_DEFAULT.search(text.code, start, end)
        value = default[1] if default else None
        line = text.line(found.start())
        read = EnvRead(found[1], line, How.DEFAULT if default else How.TESTED, value)
        yield RustField(name[1].replace("-", "_") if name else "", text.file.path, line, Value(value, found[1]), read)


def _deserialized(texts: Iterable[CodeText], fields: list[StructField]) -> Iterator[RustField]:
    """The structs that envy, the config crate or figment fill from the environment."""
    owners: dict[str, list[StructField]] = {}
    for field in fields:
        owners.setdefault(field.owner, []).append(field)
    for text in texts:
        for found in text.find(_ENVY) if "envy::" in text.code else ():
            for root in _roots(text, found[2], owners):
                yield from _envy(owners[root], found[1] or "")
        for found in text.find(_CONFIG):
            target = _TARGET.search(text.code)
            if target or _RETURNS.search(text.code):
                yield from _nested(_roots(text, target[1] if target else None, owners), owners, _names(text, found))


def _roots(text: CodeText, named: str | None, owners: Mapping[str, list[StructField]]) -> list[str]:
    """The struct that is filled: the one that is named, else one with a usual name, else the file's only one."""
    name = named.rpartition("::")[2] if named else ""
    here = [owner for owner, fields in owners.items() if any(one.path == text.file.path for one in fields)]
    usual = [root for root in (name, *_ROOTS) if root in owners]
    return usual[:1] or (here if len(here) == 1 else [])


def _envy(fields: list[StructField], prefix: str) -> Iterator[RustField]:
    for field in fields:
        name = prefix + _renamed(field).upper()
        defaulted = "default" in field.attributes
        how = How.TESTED if field.type.startswith("Option") else How.DEFAULT if defaulted else How.NEEDED
        yield RustField(field.name, field.path, field.line, Value(None, name), EnvRead(name, field.line, how))


def _names(text: CodeText, found: "re.Match[str]") -> tuple[str, str]:
    """What stands before the names, and between their parts."""
    rest = text.code[found.end() : found.end() + 300]
    separator = _SEPARATOR.search(rest)
    between = separator[1] if separator else ""
    if found[2]:  # figment's prefix holds its own underscore
        return found[2], between
    apart = _PREFIX_SEPARATOR.search(rest)
    return found[1] + (apart[1] if apart else between or "_"), between


def _nested(roots: list[str], owners: Mapping[str, list[StructField]], names: tuple[str, str]) -> Iterator[RustField]:
    """The fields below a struct; what files or defaults don't set is not known, so none is needed."""
    before, between = names
    waiting = [(root, before, 0) for root in roots]
    for _ in range(_MOST_FIELDS):
        if not waiting:
            return
        owner, prefix, depth = waiting.pop(0)
        for field in owners[owner]:
            name = prefix + _renamed(field).upper()
            if field.inner in owners and field.inner != owner:
                if between and depth < _DEEPEST:
                    waiting.append((field.inner, name + between, depth + 1))
            elif re.fullmatch(NAME, name):
                yield RustField(
                    field.name, field.path, field.line, Value(None, name), EnvRead(name, field.line, How.TESTED)
                )


def _renamed(field: StructField) -> str:
    found = re.search(r"rename\s{0,9}=\s{0,9}\"([\w-]{1,60})\"", field.attributes)
    return found[1].replace("-", "_") if found else field.name
