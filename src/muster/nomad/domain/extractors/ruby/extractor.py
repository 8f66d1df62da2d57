"""The extractor of Gemfiles, Ruby code, and Rails' YAML files with ERB.

Code is read by regular expressions, without its comments. Tests, documentation, migrations, vendored code and Rails'
environments for development and tests are left out; of examples and scripts only variables and client libraries
count, half.
"""

import re
from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import package_folder
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.ruby.configurations import NAMES, configuration_text, is_configuration
from muster.nomad.domain.extractors.ruby.grammar import ruby_text
from muster.nomad.domain.extractors.ruby.packages import is_package_file, read_package
from muster.nomad.domain.extractors.ruby.unit import RubyUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import EnvFact, Evidence

SOURCE = "ruby"
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:config/environments/(?:development|test)\.rb|db/(?:migrate|schema|\w{1,40}_schema)\b)"
)


def extract_ruby(files: Files) -> tuple[Evidence, ...]:
    """What Ruby's package files and code say about each unit."""
    kept = [file for file in code_files(files) if not _LEFT_OUT.search(file.path)]
    folders = {package_folder(file.path) for file in kept if is_package_file(file)}
    return evidence_by_unit(kept, folders, _unit_evidence)


def _unit_evidence(unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    whole = RubyUnit(
        unit,
        tuple(ruby_text(file) for file in files if file.name.endswith((".rb", ".ru"))),
        tuple(files),
        tuple(read_package(file) for file in files if is_package_file(file)),
        tuple(configuration_text(file) for file in files if is_configuration(file)),
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
