"""What project files say: SDK, version of .NET, packages, name; read as text, so that no XML can do harm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile

_SDK = re.compile(
    r"<Project\b[^>]{0,200}\bSdk\s{0,3}=\s{0,3}\"([\w./]{1,100})\"|<Sdk\b[^>]{0,100}\bName\s{0,3}=\s{0,3}\"([\w./]{1,100})\""
)
_FRAMEWORK = re.compile(r"<TargetFrameworks?>\s{0,9}(?:net(?:coreapp)?([0-9]{1,2}\.[0-9])|(net[0-9]{2,3}))")
_OUTPUT = re.compile(r"<OutputType>\s{0,9}(?:Exe|WinExe)\s{0,9}<", re.IGNORECASE)
_NAME = re.compile(r"<(?:ContainerRepository|AssemblyName)>\s{0,9}([\w.-]{1,100})\s{0,9}<")
_PACKAGE = re.compile(
    r"<(?:PackageReference|FrameworkReference)\b[^>]{0,200}?\bInclude\s{0,3}=\s{0,3}\"([\w.-]{1,120})\""
)
_CONTAINER_PORT = re.compile(r"<ContainerPort\b[^>]{0,100}?\bInclude\s{0,3}=\s{0,3}\"([0-9]{1,5})\"")
# Tests, applications of phones and desktops, and Aspire's host, which starts the others in development.
_NO_SERVICE = re.compile(
    r"<IsTestProject>\s{0,9}true|\"Microsoft\.NET\.Test\.Sdk\"|\"xunit\"|\"NUnit\"|\"MSTest\.|Aspire\.AppHost"
    r"|<Use(?:Maui|WPF|WindowsForms)>\s{0,9}true",
    re.IGNORECASE,
)
_GLOBAL = re.compile(r"\"version\"\s{0,9}:\s{0,9}\"([0-9]{1,2}\.[0-9]{1,3})")
_LONGEST = 1000
_PROJECTS = (".csproj", ".fsproj", ".vbproj")


@dataclass(frozen=True)
class DotnetProject:
    """A project file. `packages` are names with their lines; `runs` if it makes a program."""

    path: str
    sdk: str = ""
    version: str | None = None
    name: str = ""
    runs: bool = False
    packages: tuple[tuple[str, int], ...] = ()
    container_ports: tuple[tuple[int, int], ...] = ()
    """Ports that the SDK's own container images expose, with their lines."""

    @property
    def is_web(self) -> bool:
        """Whether it is an ASP.NET Core application."""
        aspnet = any(name in ("Microsoft.AspNetCore.App", "Microsoft.AspNetCore.All") for name, _ in self.packages)
        return self.sdk.endswith(".Web") or (aspnet and self.runs)

    @property
    def is_worker(self) -> bool:
        """Whether it is a worker service."""
        return self.sdk.endswith(".Worker")


def is_project(file: SourceFile) -> bool:
    """Whether the file is a project file."""
    return file.name.endswith(_PROJECTS)


def read_project(file: SourceFile) -> DotnetProject | None:
    """The project; None for one that is no service."""
    text = "\n".join(line[:_LONGEST] for line in file.lines)
    if _NO_SERVICE.search(text):
        return None
    sdk, version, name = _SDK.search(text), _FRAMEWORK.search(text), _NAME.search(text)
    kind = (sdk[1] or sdk[2]) if sdk else ""
    own = file.name.rpartition(".")[0]
    return DotnetProject(
        file.path,
        sdk=kind,
        version=version[1] if version else None,
        name=name[1] if name else own,
        runs=kind.endswith((".Web", ".Worker")) or _OUTPUT.search(text) is not None,
        packages=tuple((found[1], line) for found, line in _by_line(file, _PACKAGE, "Reference")),
        container_ports=tuple(
            (int(found[1]), line) for found, line in _by_line(file, _CONTAINER_PORT, "ContainerPort")
        ),
    )


def sdk_version(file: SourceFile) -> str | None:
    """The version that a global.json asks for, or a Directory.Build.props."""
    found = (_GLOBAL if file.name == "global.json" else _FRAMEWORK).search(file.text[:20_000])
    return found[1] if found else None


def _by_line(file: SourceFile, pattern: "re.Pattern[str]", word: str) -> Iterator[tuple["re.Match[str]", int]]:
    for number, line in enumerate(file.lines, start=1):
        found = pattern.search(line[:_LONGEST]) if word in line else None
        if found:
            yield found, number
