"""The facts about one Rust unit: its Cargo.toml files and its code read together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.compiled import CompiledExpressions, find_places
from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import is_main_code
from muster.nomad.domain.extractors.code.ports import open_to_others
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.code.values import agreed
from muster.nomad.domain.extractors.rust.env import constants, env_reads
from muster.nomad.domain.extractors.rust.fields import RustField, env_fields
from muster.nomad.domain.extractors.rust.grammar import GRAMMAR
from muster.nomad.domain.extractors.rust.libraries import FEATURED, FEATURES, RUST
from muster.nomad.domain.extractors.rust.packages import CargoPackage, Crate, toolchain_of
from muster.nomad.domain.extractors.rust.ports import launches_rocket, option_findings, port_findings, serving_findings
from muster.nomad.domain.extractors.rust.rocket import rocket_findings
from muster.nomad.domain.extractors.rust.routes import find_mounts, route_findings
from muster.nomad.domain.facts import DependencyFact, FrameworkFact, LanguageFact, NameFact

_IMPORT = re.compile(
    r"^[ \t]{0,20}+(?:pub[ \t]{1,9})?(?:use|extern[ \t]{1,9}crate)[ \t]{1,9}(?:::)?([a-z]\w{0,60}(?:::\w{1,60}){0,4})",
    re.MULTILINE,
)


@dataclass(frozen=True)
class RustUnit(CodeUnit):
    """The code and the Cargo.toml files of a package or a workspace."""

    packages: tuple[CargoPackage, ...]

    @cached_property
    def fields(self) -> tuple[RustField, ...]:
        """Fields that the environment or the command line sets."""
        return tuple(env_fields(self.texts))

    @cached_property
    def values(self) -> Mapping[str, CompiledExpressions]:
        """What expressions come to in each file, by its path."""
        names = dict(pair for text in self.texts for pair in constants(text))
        fields = agreed((field.field, field.value) for field in self.fields)
        return unit_expressions(
            CompiledExpressions(text, find_places(text), fields, grammar=GRAMMAR, reads=env_reads(text, names))
            for text in self.texts
        )

    @cached_property
    def crates(self) -> tuple[tuple[str, Crate], ...]:
        """The crates that the packages need, each with its Cargo.toml; what a workspace adds is joined in."""
        shared = {one.name: one for package in self.packages for one in package.workspace or ()}
        return tuple(
            (package.path, _joined(crate, shared.get(crate.name) if crate.shared else None))
            for package in self.packages
            if is_main_code(package.path, self.unit)
            for crate in package.crates
        )


def package_findings(unit: RustUnit) -> Iterator[Finding]:
    """What the Cargo.toml files say: language, name, and what each crate stands for."""
    yield from _language(unit)
    yield from _name(unit)
    for path, crate in unit.crates:
        for fact in () if crate.optional else RUST.facts(crate.name):
            yield Finding(path, crate.line, fact, f"{crate.name} is a dependency", LISTED)
        for feature in crate.features if crate.name in FEATURED else ():
            if feature in FEATURES:
                fact = DependencyFact(service=FEATURES[feature], by=crate.name)
                yield Finding(path, crate.line, fact, f"{crate.name} has the feature {feature}", LISTED)


def code_findings(unit: RustUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: imports, ports, health routes, URLs."""
    known = {crate.name for _, crate in unit.crates}
    mounts = find_mounts(unit.main_texts)
    yield from (finding for text in unit.texts for finding in _imports(text, known if unit.packages else None))
    yield from _ports(unit)
    for text in unit.main_texts:
        yield from serving_findings(unit.values[text.file.path])
        yield from route_findings(text, mounts)
    yield from url_findings(unit.texts)


def code_reads(unit: RustUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads."""
    fields: dict[str, list[EnvRead]] = {}
    for field in unit.fields:
        if field.read:
            fields.setdefault(field.path, []).append(field.read)
    return [(path, [*values.env_reads(), *fields.get(path, ())]) for path, values in unit.values.items()]


def _joined(crate: Crate, shared: Crate | None) -> Crate:
    features = (*crate.features, *(shared.features if shared else ()))
    return Crate(crate.name, crate.line, tuple(dict.fromkeys(features)), crate.optional)


def _language(unit: RustUnit) -> Iterator[Finding]:
    version = next((one.version for one in unit.packages if one.version), None) or toolchain_of(unit.files)
    fact = LanguageFact(language="rust", version=version, package_manager="cargo" if unit.packages else None)
    edition = next((one.edition for one in unit.packages if one.edition), None)
    said = "a Cargo.toml" + (f", edition {edition}" if edition else "")
    path = unit.packages[0].path if unit.packages else None
    yield from language_findings(unit, fact, path, said if path else "Rust code")


def _name(unit: RustUnit) -> Iterator[Finding]:
    """The package's name; a workspace without a package is called what its only program is."""
    top = unit.packages[0] if unit.packages else None
    if top is None:
        return
    programs = {
        text.file.path.removesuffix("src/main.rs") for text in unit.main_texts if text.file.path.endswith("src/main.rs")
    }
    runs = [one for one in unit.packages if one.programs or one.path.removesuffix("Cargo.toml") in programs]
    named = top if top.name else runs[0] if len(runs) == 1 else None
    if named and named.name:
        yield Finding(named.path, named.name_line, NameFact(name=named.name), "the package's name", LISTED)


def _imports(text: CodeText, known: set[str] | None) -> Iterator[Finding]:
    """What imports say; of a package only those of crates that it lists, since modules may be called the same."""
    for found in text.find(_IMPORT):
        if known is None or found[1].partition("::")[0] in known:
            for fact in RUST.facts(found[1]):
                yield Finding(text.file.path, text.line(found.start(1)), fact, f"the code imports {found[1]}", IMPORTED)


def _ports(unit: RustUnit) -> Iterator[Finding]:
    """The ports that the code opens, else those that a server's options name."""
    found = [finding for text in unit.main_texts for finding in port_findings(unit.values[text.file.path])]
    yield from open_to_others(found)
    rocket = list(_rocket(unit))
    yield from rocket
    if not found and not rocket and any(_serves(crate) for _, crate in unit.crates):
        yield from option_findings(unit.fields)


def _serves(crate: Crate) -> bool:
    return any(isinstance(fact, FrameworkFact) and fact.listens for fact in RUST.facts(crate.name))


def _rocket(unit: RustUnit) -> Iterator[Finding]:
    files = tuple(file for file in unit.files if file.name == "Rocket.toml")
    lines = (
        (text.file.path, launches_rocket(unit.values[text.file.path]))
        for text in unit.main_texts
        if "rocket" in text.code
    )
    launch = next(((path, line) for path, line in lines if line), None)
    yield from rocket_findings(files, launch)
