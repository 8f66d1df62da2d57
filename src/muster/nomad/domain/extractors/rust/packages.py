"""What a Cargo.toml says: the package, its programs, the crates that it needs to run, workspaces."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, table, tables, texts, toml_table

_VERSION = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){1,2}")
_CHANNEL = re.compile(r"^(?:\s*channel\s*=\s*)?\"?([0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,3})?)\"?\s*$", re.MULTILINE)
_KEY = re.compile(r"\s{0,20}\"?([\w-]{1,80})\"?(?:\.[\w-]{1,40})?\s{0,20}=")
_HEADING = re.compile(r"\s{0,20}\[{1,2}\s{0,9}([^\]\n]{1,200}?)\s{0,9}\]")


@dataclass(frozen=True)
class Crate:
    """A crate that a package needs: its own name as imports write it, with its features."""

    name: str
    line: int
    features: tuple[str, ...] = ()
    optional: bool = False
    shared: bool = False
    """The workspace says the rest."""


@dataclass(frozen=True)
class CargoPackage:
    """A Cargo.toml. `programs` are the names of its [[bin]] tables."""

    path: str
    name: str | None = None
    name_line: int = 1
    version: str | None = None
    edition: str | None = None
    programs: tuple[str, ...] = ()
    crates: tuple[Crate, ...] = ()
    workspace: tuple[Crate, ...] | None = None
    """The crates that a workspace's members share; None where the file makes no workspace."""
    problem: str | None = None


def read_cargo(file: SourceFile) -> CargoPackage:
    """A Cargo.toml; one that can't be parsed has a `problem`."""
    data = toml_table(file.text)
    if isinstance(data, str):
        return CargoPackage(file.path, problem=f"Cargo.toml can't be parsed: {data}")
    package, lines = inner_table(data, "package"), _lines(file)
    workspace = data.get("workspace")
    return CargoPackage(
        file.path,
        name=_text(package.get("name")),
        name_line=lines.get(("package", "name"), 1),
        version=_version(package.get("rust-version")),
        edition=_text(package.get("edition")),
        programs=tuple(name for one in tables(data.get("bin")) if (name := _text(one.get("name")))),
        crates=tuple(_crates(data, lines)),
        workspace=tuple(_crates(cast(Table, workspace), lines, "workspace.")) if isinstance(workspace, dict) else None,
    )


def toolchain_of(files: tuple[SourceFile, ...]) -> str | None:
    """The version of Rust by a `rust-toolchain` file."""
    found = (_CHANNEL.search(file.text[:2000]) for file in files if file.name.startswith("rust-toolchain"))
    return next((match[1] for match in found if match), None)


def _crates(data: Table, lines: Mapping[tuple[str, str], int], above: str = "") -> Iterator[Crate]:
    targets = inner_table(data, "target")
    for outer in (data, *(inner_table(targets, target) for target in targets)):
        for key, value in inner_table(outer, "dependencies").items():
            line = lines.get((above + "dependencies", key)) or lines.get(("", key), 1)
            yield _crate(key, value, line)


def _crate(key: str, value: object, line: int) -> Crate:
    said = table(value)
    features = texts(said.get("features"))
    name = (_text(said.get("package")) or key).replace("-", "_")
    return Crate(name, line, features, said.get("optional") is True, said.get("workspace") is True)


def _lines(file: SourceFile) -> Mapping[tuple[str, str], int]:
    """Where each key stands, by its table; by the key alone (table "") for tables of targets."""
    found: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(file.lines, start=1):
        heading = _HEADING.match(line[:300])
        if heading:
            table = heading[1]
            above, _, last = table.rpartition(".")
            found.setdefault((above, last), number)
            found.setdefault(("", last), number)
        elif key := _KEY.match(line[:300]):
            found.setdefault((table, key[1]), number)
            found.setdefault(("", key[1]), number)
    return found


def _version(value: object) -> str | None:
    text = _text(value)
    return text if text and _VERSION.fullmatch(text) else None


def _text(value: object) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
