"""What Node's package files say: name, version of Node, package manager, dependencies, scripts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, json_lines, json_table, string

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
    data = json_table(file.text)
    return NodePackage(file.path, problem=f"package.json {data}") if isinstance(data, str) else _package(file, data)


def manager_of(files: Sequence[SourceFile]) -> str | None:
    """The package manager by the lock file that lies in a unit."""
    return next((_LOCKS[file.name] for file in files if file.name in _LOCKS), None)


def node_version_of(files: Sequence[SourceFile]) -> str | None:
    """Node's version by `.nvmrc` or `.node-version`."""
    found = (_VERSION.match(file.text[:100]) for file in files if file.name in _VERSION_FILES)
    return next((match[1] for match in found if match), None)


def _package(file: SourceFile, data: Table) -> NodePackage:
    lines = json_lines(file)
    scripts = {
        name: (text, lines.get(name, 1)) for name, text in inner_table(data, "scripts").items() if isinstance(text, str)
    }
    listed = ((key, name) for key in ("dependencies", "devDependencies") for name in inner_table(data, key))
    manager = string(data.get("packageManager"))
    return NodePackage(
        file.path,
        name=(string(data.get("name")) or "").rpartition("/")[2] or None,
        node=string(inner_table(data, "engines").get("node")),
        manager=manager.partition("@")[0] if manager else None,
        dependencies=tuple(NodeDependency(name, lines.get(name, 1), key != "dependencies") for key, name in listed),
        scripts=scripts,
        main=string(data.get("main")),
    )
