"""What one of Python's package files says: name, version of Python, package manager, dependencies, console scripts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.python.requirements import (
    Dependency,
    is_for_development,
    read_requirements,
    requirement_names,
)
from muster.nomad.domain.extractors.tables import Table, inner_table, string, table, texts, toml_table

_MANAGERS = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "pipfile.lock": "pipenv"}
_VERSION = re.compile(r"(?:c?python)?-?\s*([0-9]+(?:\.[0-9]+){0,2})", re.IGNORECASE)


@dataclass(frozen=True)
class PythonPackage:
    """What one package file says. `scripts` are the commands it installs."""

    path: str
    name: str | None = None
    python: str | None = None
    manager: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    scripts: tuple[str, ...] = ()
    problem: str | None = None


def read_python_package(file: SourceFile) -> PythonPackage:
    """A package file other than setup.py, by its name; one that can't be parsed has a `problem`."""
    name = file.name.lower()
    if name in _MANAGERS:
        return PythonPackage(file.path, manager=_MANAGERS[name])
    if name in {"runtime.txt", ".python-version"}:
        found = _VERSION.match(file.text[:200])
        return PythonPackage(file.path, python=found[1] if found else None)
    if name.endswith(".txt"):
        dependencies = () if is_for_development(file.path) else read_requirements(file)
        return PythonPackage(file.path, manager="pip", dependencies=dependencies)
    return _read_tables(file)


def _read_tables(file: SourceFile) -> PythonPackage:
    try:
        if file.name == "setup.cfg":
            return _setup_cfg(file)
    except (ConfigParserError, RecursionError) as error:
        return PythonPackage(file.path, problem=f"{file.name} can't be parsed: {str(error).splitlines()[0]}")
    data = toml_table(file.text)
    if isinstance(data, str):
        return PythonPackage(file.path, problem=f"{file.name} can't be parsed: {data.splitlines()[0]}")
    return _pipfile(file, data) if file.name.lower() == "pipfile" else _pyproject(file, data)


def _pyproject(file: SourceFile, data: Table) -> PythonPackage:
    project, tool = inner_table(data, "project"), inner_table(data, "tool")
    poetry = inner_table(tool, "poetry")
    listed = {key: value for key, value in inner_table(poetry, "dependencies").items() if key != "python"}
    requirements = [*texts(project.get("dependencies")), *_with_extras(listed)]
    return PythonPackage(
        file.path,
        name=string(project.get("name")) or string(poetry.get("name")),
        python=string(project.get("requires-python")) or string(inner_table(poetry, "dependencies").get("python")),
        manager=next((name for name in ("uv", "poetry", "pdm") if name in tool), None),
        dependencies=_placed(file, requirements),
        scripts=(*inner_table(project, "scripts"), *inner_table(poetry, "scripts")),
    )


def _pipfile(file: SourceFile, data: Table) -> PythonPackage:
    requires = inner_table(data, "requires")
    return PythonPackage(
        file.path,
        python=string(requires.get("python_full_version")) or string(requires.get("python_version")),
        manager="pipenv",
        dependencies=_placed(file, _with_extras(inner_table(data, "packages"))),
    )


def _setup_cfg(file: SourceFile) -> PythonPackage:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(file.text)
    requirements = parser.get("options", "install_requires", fallback="").splitlines()
    scripts = parser.get("options.entry_points", "console_scripts", fallback="").splitlines()
    return PythonPackage(
        file.path,
        name=parser.get("metadata", "name", fallback=None),
        python=parser.get("options", "python_requires", fallback=None),
        dependencies=_placed(file, requirements),
        scripts=tuple(line.partition("=")[0].strip() for line in scripts if "=" in line),
    )


def _with_extras(packages: Table) -> Iterator[str]:
    """Poetry's and Pipenv's tables as requirement strings."""
    for name, value in packages.items():
        extras = texts(table(value).get("extras"))
        yield f"{name}[{','.join(extras)}]" if extras else name


def _placed(file: SourceFile, requirements: Iterable[str]) -> tuple[Dependency, ...]:
    lines = _line_of_words(file)
    return tuple(
        Dependency(name, file.path, lines.get(name, 1)) for text in requirements for name in requirement_names(text)
    )


_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*+")


def _line_of_words(file: SourceFile) -> Mapping[str, int]:
    """The first line that each word stands on, normalised as package names are."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.lines, start=1):
        for word in _WORD.findall(line):
            for name in requirement_names(word):
                found.setdefault(name, number)
    return found
