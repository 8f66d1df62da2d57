"""The extractor of composer.json, PHP code, Symfony's YAML files and RoadRunner's configuration.

Code is read by regular expressions, without its comments. Tests, documentation, migrations and vendored code are left
out; of examples and scripts only variables and client libraries count, half.
"""

from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted, distinct
from muster.nomad.domain.extractors.code.folders import code_unit, code_weight, package_folder
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.php.notation import php_text
from muster.nomad.domain.extractors.php.packages import read_composer
from muster.nomad.domain.extractors.php.unit import PhpUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import Evidence

SOURCE = "php"


def extract_php(files: Files) -> tuple[Evidence, ...]:
    """What composer.json and PHP code say about each unit."""
    kept = [file for path, file in files.items() if code_weight(path, "folder:.") and ".blade." not in file.name]
    folders = {package_folder(file.path) for file in kept if file.name == "composer.json"}
    units: dict[str, list[SourceFile]] = {}
    for file in kept:
        units.setdefault(code_unit(file.path, folders), []).append(file)
    return distinct(one for unit, group in units.items() for one in _unit_evidence(unit, group))


def _unit_evidence(unit: str, files: list[SourceFile]) -> Iterator[Evidence]:
    whole = PhpUnit(
        unit,
        tuple(read_composer(file) for file in files if file.name == "composer.json"),
        tuple(php_text(file) for file in files if file.name.endswith(".php")),
        tuple(files),
    )
    if not whole.packages and not whole.texts:
        return
    for package in whole.packages:
        if package.problem:
            yield problem(SOURCE, package.path, package.problem, unit=unit)
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
