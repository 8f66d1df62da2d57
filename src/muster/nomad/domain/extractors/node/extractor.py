"""The extractor of Node's package files and of JavaScript and TypeScript code.

Code is read by regular expressions, without its comments. Tests, documentation, migrations, built and minified code
are left out; of examples and scripts only variables and client libraries count, half.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from muster.nomad.domain.extractors.code.env import EnvRead, unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import package_folder
from muster.nomad.domain.extractors.code.text import script_text
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit, package_problems
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.node.packages import manager_of, read_package_json
from muster.nomad.domain.extractors.node.prisma import prisma_findings, prisma_reads
from muster.nomad.domain.extractors.node.schemas import names_file_reads
from muster.nomad.domain.extractors.node.unit import NodeUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import Evidence

SOURCE = "node"
_CODE_ENDINGS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_NAMES_FILE = "custom-environment-variables.json"


def extract_node(files: Files) -> tuple[Evidence, ...]:
    """What Node's package files and code say about each unit."""
    kept = code_files(files)
    folders = {package_folder(file.path) for file in kept if file.name == "package.json"}
    root_manager = manager_of([file for file in kept if file.folder == "."])
    return evidence_by_unit(kept, folders, partial(_unit_evidence, root_manager))


def _unit_evidence(root_manager: str | None, unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    whole = NodeUnit(
        unit,
        tuple(script_text(file) for file in files if _is_code(file)),
        tuple(files),
        tuple(read_package_json(file) for file in files if file.name == "package.json"),
        root_manager,
    )
    if not whole.packages and not whole.texts:
        return
    yield from package_problems(SOURCE, unit, whole.packages)
    schemas = [finding for file in files if file.name.endswith(".prisma") for finding in prisma_findings(file)]
    reads = unit_env_findings(_reads(whole), unit)
    yield from counted(SOURCE, unit, (*package_findings(whole), *code_findings(whole), *schemas, *reads))


def _is_code(file: SourceFile) -> bool:
    return file.name.endswith(_CODE_ENDINGS) or file.path.endswith("bin/www")


def _reads(whole: NodeUnit) -> list[tuple[str, list[EnvRead]]]:
    return [
        *((text.file.path, code_reads(whole, text)) for text in whole.texts),
        *((file.path, names_file_reads(file)) for file in whole.files if file.name == _NAMES_FILE),
        *((file.path, prisma_reads(file)) for file in whole.files if file.name.endswith(".prisma")),
    ]


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Node: package.json, frameworks, ports, environment variables, health routes, client libraries",
    globs=(
        "package.json",
        *(f"*{ending}" for ending in _CODE_ENDINGS),
        "bin/www",
        "*/bin/www",
        "*.prisma",
        _NAMES_FILE,
        "*.nvmrc",
        "*.node-version",
        "*package-lock.json",
        "*yarn.lock",
        "*pnpm-lock.yaml",
        "*bun.lock",
    ),
    extract=extract_node,
    max_bytes=1024 * 1024,
    max_files=600,
)
