"""The extractor of Python's package files and code.

Code is parsed, never run. Tests, documentation, migrations and vendored code are left out; of
examples and scripts only variables and client libraries count, half.
"""

from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import Finding, counted
from muster.nomad.domain.extractors.code.folders import is_main_code, package_folder
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit, package_problems, unit_folder
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.python.commands import start_finding
from muster.nomad.domain.extractors.python.fallback import fallback_findings, fallback_reads
from muster.nomad.domain.extractors.python.packages import PythonPackage, read_python_package
from muster.nomad.domain.extractors.python.quiet import parse_unit
from muster.nomad.domain.extractors.python.setup import read_setup
from muster.nomad.domain.extractors.python.source import Module
from muster.nomad.domain.extractors.python.streamlit import GLOBS as STREAMLIT_GLOBS
from muster.nomad.domain.extractors.python.streamlit import is_configuration, streamlit_findings
from muster.nomad.domain.extractors.python.unit import PythonUnit, module_findings, module_reads, package_findings
from muster.nomad.domain.facts import Evidence

SOURCE = "python"
_PACKAGE_GLOBS = (
    "pyproject.toml",
    "*requirements*.txt",
    "requirements/*.txt",
    "*/requirements/*.txt",
    "Pipfile",
    "setup.cfg",
    "runtime.txt",
    ".python-version",
    "*uv.lock",
    "*poetry.lock",
    "*pdm.lock",
    "*Pipfile.lock",
)
# These say something about a unit that other files make.
_MAKES_NO_UNIT = frozenset({"runtime.txt", ".python-version", "setup.cfg"})


def extract_python(files: Files) -> tuple[Evidence, ...]:
    """What Python's package files and code say about each unit."""
    kept = code_files(files)
    folders = {package_folder(file.path) for file in kept if _is_package(file) and file.name not in _MAKES_NO_UNIT}
    return evidence_by_unit(kept, folders, _unit_evidence)


def _is_package(file: SourceFile) -> bool:
    """Whether it is a package file; a module may be called setup.py too."""
    packaging = "setuptools" in file.text or "distutils" in file.text
    if is_configuration(file):
        return False
    return not file.name.endswith(".py") or (file.name == "setup.py" and packaging)


def _unit_evidence(unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    parsed = parse_unit([file for file in files if file.name.endswith(".py")], unit)
    broken = [file for file, module in parsed if module is None]
    modules = tuple(module for _, module in parsed if module is not None)
    packages = tuple(_packages(files, modules))
    whole = PythonUnit(unit_folder(unit), packages, modules)
    yield from package_problems(SOURCE, unit, packages)
    yield from counted(
        SOURCE, unit, (*package_findings(whole), *module_findings(whole), *_of_unit(whole, unit, broken))
    )
    told = [one for file in files if is_configuration(file) for one in streamlit_findings(file)]
    yield from counted(SOURCE, unit, told if packages or modules else ())


def _packages(files: Sequence[SourceFile], modules: tuple[Module, ...]) -> Iterator[PythonPackage]:
    yield from (read_python_package(file) for file in files if not file.name.endswith(".py") and _is_package(file))
    yield from (read_setup(module) for module in modules if module.file.name == "setup.py")


def _of_unit(whole: PythonUnit, unit: str, broken: list[SourceFile]) -> Iterator[Finding]:
    reads = [(module.file.path, module_reads(whole, module)) for module in whole.modules]
    reads += [(file.path, fallback_reads(file)) for file in broken]
    yield from unit_env_findings(reads, unit)
    yield from (finding for file in broken for finding in fallback_findings(file))
    serious = [module for module in whole.modules if is_main_code(module.file.path, unit)]
    start = start_finding(whole.folder, whole.packages, serious, gunicorn="gunicorn" in whole.dependencies)
    yield from [start] if start else []


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Python: package files, frameworks, ports, environment variables, health routes, client libraries",
    globs=("*.py", *_PACKAGE_GLOBS, *STREAMLIT_GLOBS),
    extract=extract_python,
    max_bytes=1024 * 1024,
    max_files=600,
)
