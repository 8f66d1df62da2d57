"""The facts about one Elixir unit: its mix.exs and its code read together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import CUSTOM, GUESS, IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions, scripting_expressions
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.elixir.env import env_reads
from muster.nomad.domain.extractors.elixir.grammar import GRAMMAR
from muster.nomad.domain.extractors.elixir.libraries import ELIXIR, FRAMEWORKS
from muster.nomad.domain.extractors.elixir.packages import MixProject, elixir_version
from muster.nomad.domain.extractors.elixir.ports import port_findings
from muster.nomad.domain.extractors.elixir.routes import route_findings
from muster.nomad.domain.facts import CommandFact, DependencyFact, LanguageFact, NameFact

_ADAPTER = re.compile(r"\bEcto\.Adapters\.(Postgres|MyXQL|Tds)\b")
_ORDER = {package: number for number, one in enumerate(FRAMEWORKS) for package in one.packages}
_ADAPTERS = {"Postgres": "postgres", "MyXQL": "mysql", "Tds": "mssql"}


@dataclass(frozen=True)
class ElixirUnit(CodeUnit):
    """The code and the mix.exs files of one project."""

    projects: tuple[MixProject, ...]

    @cached_property
    def values(self) -> Mapping[str, ScriptingExpressions]:
        """What expressions come to in each file, by its path."""
        return unit_expressions(scripting_expressions(text, GRAMMAR) for text in self.texts)


def project_findings(unit: ElixirUnit) -> Iterator[Finding]:
    """What mix.exs says: language, name, what each package stands for, how the application is started."""
    version = elixir_version(unit.files, unit.projects)
    fact = LanguageFact(language="elixir", version=version, package_manager="mix" if unit.projects else None)
    path = unit.projects[0].path if unit.projects else None
    yield from language_findings(unit, fact, path, "a mix.exs" if path else "Elixir code")
    if unit.projects:
        yield _start(unit)
    for project in unit.projects:
        if project.name:
            yield Finding(
                project.path, project.name_line, NameFact(name=project.name), "the application's name", LISTED
            )
        for name, line in sorted(project.required, key=lambda one: _ORDER.get(one[0], len(_ORDER))):
            for said in ELIXIR.facts(name):
                yield Finding(project.path, line, said, f"the package {name} is listed", LISTED)


def code_findings(unit: ElixirUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: ports, health routes, databases, URLs."""
    for text in unit.main_texts:
        yield from port_findings(text, unit.values[text.file.path])
        yield from route_findings(text)
    for text in unit.texts:
        for found in text.find(_ADAPTER) if "Ecto.Adapters" in text.code else ():
            fact = DependencyFact(service=_ADAPTERS[found[1]], by=found[0])
            yield Finding(text.file.path, text.line(found.start()), fact, f"the code uses {found[0]}", IMPORTED)
    yield from url_findings(unit.texts)


def code_reads(unit: ElixirUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads."""
    return [(text.file.path, env_reads(text, unit.values[text.file.path])) for text in unit.texts]


def _start(unit: ElixirUnit) -> Finding:
    """Mix can start every project; a release, which most images hold, has a name of its own."""
    for project in unit.projects:
        line = next((line for name, line in project.required if name == "phoenix"), None)
        if line:
            return Finding(project.path, line, CommandFact(command=("mix", "phx.server")), "Phoenix's command", CUSTOM)
    command = CommandFact(command=("mix", "run", "--no-halt"))
    return Finding(unit.projects[0].path, 1, command, "mix runs the application", GUESS)
