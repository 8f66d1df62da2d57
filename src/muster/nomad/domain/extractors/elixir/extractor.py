"""The extractor of mix.exs and Elixir code.

Code is read by regular expressions, without its comments. Tests, documentation, migrations, dependencies and
configurations for development and tests are left out; of examples and scripts only variables and client libraries
count, half. An umbrella with all its applications is one unit.
"""

import re
from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit
from muster.nomad.domain.extractors.elixir.grammar import elixir_text
from muster.nomad.domain.extractors.elixir.packages import project_folders, read_mix
from muster.nomad.domain.extractors.elixir.unit import ElixirUnit, code_findings, code_reads, project_findings
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.facts import Evidence

SOURCE = "elixir"
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:config/(?:dev|test)(?:\.\w{1,20})?\.exs|(?:deps|_build|rel)/|\.(?:formatter|credo)\.exs$)"
)


def extract_elixir(files: Files) -> tuple[Evidence, ...]:
    """What mix.exs and Elixir code say about each unit."""
    kept = [file for file in code_files(files) if not _LEFT_OUT.search(file.path)]
    folders = project_folders(kept)
    return evidence_by_unit(kept, folders, _unit_evidence)


def _unit_evidence(unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    whole = ElixirUnit(
        unit,
        tuple(elixir_text(file) for file in files if file.name.endswith((".ex", ".exs")) and file.name != "mix.exs"),
        tuple(files),
        tuple(read_mix(file) for file in files if file.name == "mix.exs"),
    )
    if not whole.projects and not whole.texts:
        return
    reads = unit_env_findings(code_reads(whole), unit)
    yield from counted(SOURCE, unit, (*project_findings(whole), *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Elixir: mix.exs, frameworks, ports, environment variables, health routes, client libraries",
    globs=("mix.exs", "*.ex", "*.exs", "*.tool-versions"),
    extract=extract_elixir,
    max_bytes=1024 * 1024,
    max_files=600,
)
