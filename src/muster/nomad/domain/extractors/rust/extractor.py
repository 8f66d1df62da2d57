"""The extractor of Cargo.toml and Rust code.

Code is read by regular expressions, without its comments and modules of tests. All crates of a workspace are one unit;
of examples, benches and tools only variables and client libraries count, half.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import frames, package_folder, unit_folders
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit, package_problems
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.rust.grammar import rust_text
from muster.nomad.domain.extractors.rust.libraries import RUST
from muster.nomad.domain.extractors.rust.packages import CargoPackage, read_cargo
from muster.nomad.domain.extractors.rust.unit import RustUnit, code_findings, code_reads, package_findings
from muster.nomad.domain.facts import Evidence, FrameworkFact

SOURCE = "rust"


def extract_rust(files: Files) -> tuple[Evidence, ...]:
    """What Cargo.toml files and Rust code say about each unit."""
    kept = code_files(files)
    packages = {file.path: read_cargo(file) for file in kept if file.name == "Cargo.toml"}
    wholes = {package_folder(path) for path, package in packages.items() if package.workspace is not None}
    programs = _programs(packages, files)
    folders = unit_folders([package_folder(path) for path in packages], wholes, programs)
    read = partial(_unit_evidence, packages)
    return evidence_by_unit(kept, folders, read, left_out=frames(wholes, programs))


def _programs(packages: dict[str, CargoPackage], files: Files) -> list[str]:
    """The folders of crates that serve by themselves: tools beside a server make no second application."""
    return [
        package_folder(path)
        for path, package in packages.items()
        if path.replace("Cargo.toml", "src/main.rs") in files
        and any(
            isinstance(fact, FrameworkFact) and fact.listens for one in package.crates for fact in RUST.facts(one.name)
        )
    ]


def _unit_evidence(packages: Mapping[str, CargoPackage], unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    cargo = sorted(
        (packages[file.path] for file in files if file.path in packages), key=lambda one: one.path.count("/")
    )
    code = tuple(rust_text(file) for file in files if file.name.endswith(".rs"))
    whole = RustUnit(unit, code, tuple(files), tuple(cargo))
    if not whole.packages and not whole.texts:
        return
    yield from package_problems(SOURCE, unit, whole.packages)
    reads = unit_env_findings(code_reads(whole), unit)
    yield from counted(SOURCE, unit, (*package_findings(whole), *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Rust: Cargo.toml, frameworks, ports, environment variables, health routes, client libraries",
    globs=("*.rs", "Cargo.toml", "Rocket.toml", "rust-toolchain", "rust-toolchain.toml"),
    extract=extract_rust,
    max_bytes=1024 * 1024,
    max_files=600,
)
