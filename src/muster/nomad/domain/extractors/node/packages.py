"""What Node's package files say: name, version of Node, package manager, dependencies, scripts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from muster.nomad.domain.extractors.extractor import SourceFile

Table = Mapping[str, object]

_LOCKS = {"package-lock.json": "npm", "yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm", "bun.lock": "bun"}
_VERSION_FILES = frozenset({".nvmrc", ".node-version"})
_VERSION = re.compile(r"\s*v?([0-9]+(?:\.[0-9]+){0,2})\b")


@dataclass(frozen=True)
class NodeDependency:
    """A package that package.json lists, with its line."""

    name: str
    line: int
    development: bool = False


@dataclass(frozen=True)
class NodePackage:
    """A package.json. `scripts` are name -> (command, line)."""

    path: str
    name: str | None = None
    node: str | None = None
    manager: str | None = None
    dependencies: tuple[NodeDependency, ...] = ()
    scripts: Mapping[str, tuple[str, int]] | None = None
    main: str | None = None
    problem: str | None = None

    def depends_on(self, name: str) -> bool:
        """Whether the package is among the dependencies, those for development too."""
        return any(dependency.name == name for dependency in self.dependencies)


def read_package_json(file: SourceFile) -> NodePackage:
    """A package.json; one that can't be parsed has a `problem`."""
    try:
        data: object = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        return NodePackage(file.path, problem=f"package.json can't be parsed: {str(error)[:200]}")
    if not isinstance(data, dict):
        return NodePackage(file.path, problem="package.json holds no object")
    return _package(file, cast(Table, data))


def manager_of(files: Sequence[SourceFile]) -> str | None:
    """The package manager by the lock file that lies in a unit."""
    return next((_LOCKS[file.name] for file in files if file.name in _LOCKS), None)


def node_version_of(files: Sequence[SourceFile]) -> str | None:
    """Node's version by `.nvmrc` or `.node-version`."""
    found = (_VERSION.match(file.text[:100]) for file in files if file.name in _VERSION_FILES)
    return next((match[1] for match in found if match), None)


def _package(file: SourceFile, data: Table) -> NodePackage:
    lines = _lines(file)
    scripts = {
        name: (text, lines.get(name, 1)) for name, text in _table(data, "scripts").items() if isinstance(text, str)
    }
    listed = ((key, name) for key in ("dependencies", "devDependencies") for name in _table(data, key))
    manager = _text(data.get("packageManager"))
    return NodePackage(
        file.path,
        name=(_text(data.get("name")) or "").rpartition("/")[2] or None,
        node=_text(_table(data, "engines").get("node")),
        manager=manager.partition("@")[0] if manager else None,
        dependencies=tuple(NodeDependency(name, lines.get(name, 1), key != "dependencies") for key, name in listed),
        scripts=scripts,
        main=_text(data.get("main")),
    )


_KEY = re.compile(r"\"([^\"\\\n]{1,200})\"\s{0,20}:")


def _lines(file: SourceFile) -> Mapping[str, int]:
    """The first line that each key stands on."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.lines, start=1):
        for key in _KEY.findall(line[:5000]):
            found.setdefault(key, number)
    return found


def _table(data: Table, key: str) -> Table:
    value = data.get(key)
    return cast(Table, value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
