"""The extractor of composer.json, PHP code, Symfony's YAML files and RoadRunner's configuration.

Code is read by regular expressions, without its comments. Tests, documentation, migrations and vendored code are left
out; of examples and scripts only variables and client libraries count, half.
"""

from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import package_folder
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit, package_problems
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.php.grammar import php_text
from muster.nomad.domain.extractors.php.packages import read_composer
from muster.nomad.domain.extractors.php.unit import PhpUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import Evidence

SOURCE = "php"


def extract_php(files: Files) -> tuple[Evidence, ...]:
    """What composer.json and PHP code say about each unit."""
    kept = [file for file in code_files(files) if ".blade." not in file.name]
    folders = {package_folder(file.path) for file in kept if file.name == "composer.json"}
    return evidence_by_unit(kept, folders, _unit_evidence)


def _unit_evidence(unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    whole = PhpUnit(
        unit,
        tuple(php_text(file) for file in files if file.name.endswith(".php")),
        tuple(files),
        tuple(read_composer(file) for file in files if file.name == "composer.json"),
    )
    if not whole.packages and not whole.texts:
        return
    yield from package_problems(SOURCE, unit, whole.packages)
    reads = unit_env_findings(code_reads(whole), unit)
    yield from counted(SOURCE, unit, (*package_findings(whole), *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="PHP: composer.json, frameworks, ports, environment variables, health routes, client libraries",
    globs=("composer.json", "*.php", "*.rr.yaml", "*.rr.yml", "config/*.yaml", "*/config/*.yaml"),
    extract=extract_php,
    max_bytes=1024 * 1024,
    max_files=600,
)
