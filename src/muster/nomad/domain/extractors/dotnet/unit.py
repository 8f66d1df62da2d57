"""The facts about one .NET unit: its project files, settings and code read together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from muster.nomad.domain.extractors.code.compiled import CompiledExpressions, find_places
from muster.nomad.domain.extractors.code.env import EnvRead, unit_env_findings
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import is_main_code
from muster.nomad.domain.extractors.code.ports import open_to_others
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.dotnet.env import constants, env_reads, is_plain, key_reads
from muster.nomad.domain.extractors.dotnet.grammar import GRAMMAR
from muster.nomad.domain.extractors.dotnet.libraries import ASPNET, DOTNET, WORKER
from muster.nomad.domain.extractors.dotnet.ports import port_findings
from muster.nomad.domain.extractors.dotnet.projects import DotnetProject, sdk_version
from muster.nomad.domain.extractors.dotnet.routes import route_findings
from muster.nomad.domain.extractors.dotnet.settings import setting_findings
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import EnvFact, FrameworkFact, LanguageFact, NameFact, PortFact, WorkloadFact

_LANGUAGES = {".fsproj": "fsharp", ".vbproj": "visual basic"}
_HALF = 0.5


@dataclass(frozen=True)
class DotnetUnit(CodeUnit):
    """The code and the project files of a project or a solution."""

    projects: tuple[DotnetProject, ...]

    @cached_property
    def main_projects(self) -> tuple[DotnetProject, ...]:
        """The projects of the application itself, those that run first."""
        own = (one for one in self.projects if is_main_code(one.path, self.unit))
        return tuple(sorted(own, key=lambda one: (not one.is_web, not one.runs, one.path.count("/"))))

    @cached_property
    def values(self) -> Mapping[str, CompiledExpressions]:
        """What expressions come to in each file, by its path."""
        names = dict(pair for text in self.texts for pair in constants(text))
        return unit_expressions(
            CompiledExpressions(
                text, find_places(text), grammar=GRAMMAR, reads={**key_reads(text), **env_reads(text, names)}
            )
            for text in self.texts
        )


def project_findings(unit: DotnetUnit) -> Iterator[Finding]:
    """What project files say: language, name, what runs, and what each package stands for."""
    yield from _language(unit)
    running = [one for one in unit.main_projects if one.runs]
    named = running[0] if running else next(iter(unit.main_projects), None)
    if named:
        yield Finding(named.path, 1, NameFact(name=named.name), "the project's name", LISTED)
    for project in unit.main_projects:
        yield from _kind(project)
    for project in unit.main_projects:
        for name, line in project.packages:
            for fact in DOTNET.facts(name):
                yield Finding(project.path, line, fact, f"{name} is a package of the project", LISTED)


def code_findings(unit: DotnetUnit) -> Iterator[Finding]:
    """What settings and code say: ports, health routes, URLs, variables."""
    by_files = [finding for file in _settings(unit) for finding in setting_findings(file)]
    by_code = [finding for text in unit.main_texts for finding in port_findings(unit.values[text.file.path])]
    ports = [one for one in by_files if isinstance(one.fact, PortFact)]
    yield from open_to_others((*ports, *by_code))
    for text in unit.main_texts:
        yield from route_findings(text)
    yield from url_findings(unit.texts)
    yield from (one for one in by_files if not isinstance(one.fact, PortFact | EnvFact))
    yield from _variables(unit, [one for one in by_files if isinstance(one.fact, EnvFact)])


def _variables(unit: DotnetUnit, by_files: list[Finding]) -> Iterator[Finding]:
    """The variables of code and settings. A key of the configuration counts half: a file may set it as well."""
    reads = [(path, values.env_reads()) for path, values in unit.values.items()]
    found = unit_env_findings([(path, _only(its, plain=True)) for path, its in reads], unit.unit)
    keys = unit_env_findings([(path, _only(its, plain=False)) for path, its in reads], unit.unit)
    known: set[str] = set()
    for one in (*found, *(replace(key, confidence=key.confidence * _HALF) for key in keys), *by_files):
        if isinstance(one.fact, EnvFact) and one.fact.name not in known:
            known.add(one.fact.name)
            secret = one.fact.name.startswith("ConnectionStrings__")
            fact = one.fact.model_copy(update={"secret": True, "value": None}) if secret else one.fact
            yield replace(one, fact=fact)


def _only(reads: list[EnvRead], *, plain: bool) -> list[EnvRead]:
    return [read for read in reads if is_plain(read) == plain]


def _settings(unit: DotnetUnit) -> list[SourceFile]:
    """The files of settings, the one that always counts first."""
    own = [file for file in unit.files if file.name.endswith(".json") and file.name != "global.json"]
    main = (file for file in own if is_main_code(file.path, unit.unit))
    return sorted(main, key=lambda file: (file.name.startswith("launch"), len(file.name)))


def _kind(project: DotnetProject) -> Iterator[Finding]:
    if project.is_web:
        yield Finding(project.path, 1, FrameworkFact(framework=ASPNET), "the project's SDK is for the web", IMPORTED)
        yield Finding(project.path, 1, WorkloadFact(workload="server"), "the project's SDK is for the web", IMPORTED)
    elif project.is_worker:
        fact = FrameworkFact(framework=WORKER, listens=False)
        yield Finding(project.path, 1, fact, "the project's SDK is for workers", IMPORTED)
        yield Finding(project.path, 1, WorkloadFact(workload="worker"), "the project's SDK is for workers", IMPORTED)
    for port, line in project.container_ports:
        if 0 < port < 65536:
            yield Finding(project.path, line, PortFact(port=port), "ContainerPort of the project", IMPORTED)


def _language(unit: DotnetUnit) -> Iterator[Finding]:
    named = (one.version for one in unit.main_projects if one.version)
    version = next(named, None) or next((found for file in unit.files if (found := _shared_version(file))), None)
    if unit.main_projects:
        path = unit.main_projects[0].path
        ending = path[path.rfind(".") :]
        fact = LanguageFact(language=_LANGUAGES.get(ending, "csharp"), version=version, package_manager="nuget")
        yield from language_findings(unit, fact, path, f"a {ending} project")
    else:
        yield from language_findings(unit, LanguageFact(language="csharp"), None, "C# code")


def _shared_version(file: SourceFile) -> str | None:
    return sdk_version(file) if file.name in ("Directory.Build.props", "global.json") else None
