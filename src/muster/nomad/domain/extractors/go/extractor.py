"""The extractor of go.mod and Go code.

Code is read by regular expressions, without its comments. Tests, documentation, migrations and vendored code are left
out; of examples and scripts only variables and client libraries count, half. All programs of a module are one unit.
"""

from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import package_folder
from muster.nomad.domain.extractors.code.text import go_text
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.go.packages import read_go_mod
from muster.nomad.domain.extractors.go.unit import GoUnit, code_findings, code_reads, module_findings
from muster.nomad.domain.facts import Evidence

SOURCE = "go"


def extract_go(files: Files) -> tuple[Evidence, ...]:
    """What go.mod and Go code say about each unit."""
    kept = code_files(files)
    folders = {package_folder(file.path) for file in kept if file.name == "go.mod"}
    return evidence_by_unit(kept, folders, _unit_evidence)


def _unit_evidence(unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    whole = GoUnit(
        unit,
        tuple(go_text(file) for file in files if file.name.endswith(".go")),
        tuple(files),
        tuple(read_go_mod(file) for file in files if file.name == "go.mod"),
    )
    reads = unit_env_findings(code_reads(whole), unit)
    yield from counted(SOURCE, unit, (*module_findings(whole), *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Go: go.mod, frameworks, ports, environment variables, health routes, client libraries",
    globs=("*.go", "go.mod"),
    extract=extract_go,
    max_bytes=1024 * 1024,
    max_files=600,
)
