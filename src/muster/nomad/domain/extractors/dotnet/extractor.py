"""The extractor of .NET's project files, settings and C# code.

Code is read by regular expressions, without its comments. All projects of a solution are one unit, unless several of
them run; of samples and tools only variables and client libraries count, half. What launchSettings.json says is for
development: only its names count, weakly.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import frames, package_folder, unit_folders
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit
from muster.nomad.domain.extractors.dotnet.grammar import dotnet_text
from muster.nomad.domain.extractors.dotnet.projects import DotnetProject, is_project, read_project
from muster.nomad.domain.extractors.dotnet.unit import DotnetUnit, code_findings, project_findings
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.facts import Evidence

SOURCE = "dotnet"
_SOLUTIONS = (".sln", ".slnx")
_GENERATED = (".g.cs", ".designer.cs", ".generated.cs", "assemblyinfo.cs")


def extract_dotnet(files: Files) -> tuple[Evidence, ...]:
    """What project files, settings and code of .NET say about each unit."""
    kept = [file for file in code_files(files) if not _is_generated(file)]
    read = {file.path: read_project(file) for file in kept if is_project(file)}
    projects = {path: project for path, project in read.items() if project}
    aside = {package_folder(path) for path, project in read.items() if project is None}
    solutions = {package_folder(file.path) for file in kept if file.name.endswith(_SOLUTIONS)}
    running = {package_folder(path) for path, project in projects.items() if project.is_web or project.is_worker}
    alone = not solutions and len(projects) == 1  # it speaks for the whole
    folders = set[str]() if alone else unit_folders({*solutions, *map(package_folder, projects)}, solutions, running)
    read_unit = partial(_unit_evidence, projects)
    return evidence_by_unit(kept, folders | aside, read_unit, left_out=aside | frames(solutions, running))


def _unit_evidence(projects: Mapping[str, DotnetProject], unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    own = tuple(projects[file.path] for file in files if file.path in projects)
    code = tuple(dotnet_text(file) for file in files if file.name.endswith(".cs"))
    if not own and not code:
        return
    whole = DotnetUnit(unit, code, tuple(files), own)
    yield from counted(SOURCE, unit, (*project_findings(whole), *code_findings(whole)))


def _is_generated(file: SourceFile) -> bool:
    return file.name.lower().endswith(_GENERATED) or "/obj/" in file.path or "/bin/Debug/" in file.path


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for=".NET: project files, settings, frameworks, ports, environment variables, health routes, client "
    "libraries",
    globs=(
        "*.csproj",
        "*.fsproj",
        "*.vbproj",
        "*.sln",
        "*.slnx",
        "Directory.Build.props",
        "global.json",
        "appsettings*.json",
        "launchSettings.json",
        "*.cs",
    ),
    extract=extract_dotnet,
    max_bytes=1024 * 1024,
    max_files=1000,
)
