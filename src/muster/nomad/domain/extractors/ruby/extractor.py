"""The extractor of Gemfiles, Ruby code, and Rails' YAML files with ERB.

Code is read by regular expressions, without its comments. Tests, documentation, migrations, vendored code and Rails'
environments for development and tests are left out; of examples and scripts only variables and client libraries
count, half.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted, distinct
from muster.nomad.domain.extractors.code.folders import code_unit, code_weight, package_folder
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.ruby.configurations import NAMES, configuration_text, is_configuration
from muster.nomad.domain.extractors.ruby.notation import ruby_text
from muster.nomad.domain.extractors.ruby.packages import is_package_file, read_package
from muster.nomad.domain.extractors.ruby.unit import RubyUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import EnvFact, Evidence

SOURCE = "ruby"
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:config/environments/(?:development|test)\.rb|db/(?:migrate|schema|\w{1,40}_schema)\b)"
)


def extract_ruby(files: Files) -> tuple[Evidence, ...]:
    """What Ruby's package files and code say about each unit."""
    kept = [file for path, file in files.items() if code_weight(path, "folder:.") and not _LEFT_OUT.search(path)]
    folders = {package_folder(file.path) for file in kept if is_package_file(file)}
    units: dict[str, list[SourceFile]] = {}
    for file in kept:
        units.setdefault(code_unit(file.path, folders), []).append(file)
    return distinct(one for unit, group in units.items() for one in _unit_evidence(unit, group))


def _unit_evidence(unit: str, files: list[SourceFile]) -> Iterator[Evidence]:
    whole = RubyUnit(
        unit,
        tuple(read_package(file) for file in files if is_package_file(file)),
        tuple(ruby_text(file) for file in files if file.name.endswith((".rb", ".ru"))),
        tuple(configuration_text(file) for file in files if is_configuration(file)),
        tuple(files),
    )
    if not whole.packages and not whole.texts:
        return
    reads = unit_env_findings(code_reads(whole), unit)
    known = {one.fact.name for one in reads if isinstance(one.fact, EnvFact)}
    listed = (one for one in package_findings(whole) if not (isinstance(one.fact, EnvFact) and one.fact.name in known))
    yield from counted(SOURCE, unit, (*listed, *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Ruby: Gemfiles, frameworks, ports, environment variables, health routes, client libraries",
    globs=(
        *("Gemfile", "gems.rb", "*.gemspec", "*Gemfile.lock", "*.ruby-version", "*.tool-versions"),
        *("*.rb", "*.ru", "*.yml.enc"),
        *(f"*{name}" for name in NAMES),
    ),
    extract=extract_ruby,
    max_bytes=1024 * 1024,
    max_files=600,
)
