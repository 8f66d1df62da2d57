"""The facts about one Node unit: its package file and its code read together."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import within
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.node.env import env_reads
from muster.nomad.domain.extractors.node.expressions import ScriptExpressions, script_expressions
from muster.nomad.domain.extractors.node.libraries import NODE
from muster.nomad.domain.extractors.node.mounts import find_mounts
from muster.nomad.domain.extractors.node.packages import NodePackage, manager_of, node_version_of
from muster.nomad.domain.extractors.node.pages import page_finding
from muster.nomad.domain.extractors.node.ports import port_findings
from muster.nomad.domain.extractors.node.routes import global_prefix, route_findings
from muster.nomad.domain.extractors.node.schemas import schema_reads
from muster.nomad.domain.extractors.node.scripts import start_findings
from muster.nomad.domain.facts import FrameworkFact, LanguageFact, NameFact

# A word that begins an expression is found many times faster than one behind what must not stand before it.
_IMPORT = re.compile(
    r"(?:from(?<![\w$.]from)|require\((?<![\w$.]require\()|import(?<![\w$.]import)\(?)"
    r"\s{0,9}['\"`]([@A-Za-z][\w./@-]{0,120})['\"`]"
)
_TYPES_ONLY = re.compile(r"\bimport\s{1,9}type\b[^;'\"]{0,200}$")
_CUSTOM_PORT = 3000


@dataclass(frozen=True)
class NodeUnit(CodeUnit):
    """The code and the package file of one folder."""

    packages: tuple[NodePackage, ...]
    root_manager: str | None = None
    """The package manager of the repository's root, which its workspaces use."""

    @cached_property
    def manager(self) -> str | None:
        """The package manager, by package.json or a lock file."""
        named = next((package.manager for package in self.packages if package.manager), None)
        return named or manager_of(self.files) or self.root_manager

    @cached_property
    def values(self) -> Mapping[str, ScriptExpressions]:
        """What expressions come to in each file, by its path."""
        return unit_expressions(map(script_expressions, self.texts))


def package_findings(unit: NodeUnit) -> Iterator[Finding]:
    """What the package file says: language, name, start, and what each dependency stands for."""
    yield from _language(unit)
    paths = frozenset(within(file.path, unit.folder) for file in unit.files)
    for package in unit.packages:
        if package.name:
            yield Finding(package.path, 1, NameFact(name=package.name), "the package's name", LISTED)
        yield from start_findings(package, unit.manager, paths)
        for dependency in package.dependencies:
            for fact in () if dependency.development else NODE.facts(dependency.name):
                yield Finding(package.path, dependency.line, fact, f"{dependency.name} is a dependency", LISTED)


def code_findings(unit: NodeUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: imports, ports, health routes, URLs."""
    imported = [finding for text in unit.texts for finding in _imports(text)]
    yield from imported
    custom_port = _custom_port((*imported, *package_findings(unit)))
    mounts = find_mounts(unit.texts)
    prefix = next((found for text in unit.texts if (found := global_prefix(text)) is not None), "")
    for text in unit.main_texts:
        yield from port_findings(text, unit.values[text.file.path], custom_port)
        yield from route_findings(text, mounts, prefix)
        page = page_finding(text.file.path, within(text.file.path, unit.folder))
        yield from [page] if page else []
    yield from url_findings(unit.texts)


def code_reads(unit: NodeUnit, text: CodeText) -> list[EnvRead]:
    """The environment variables that a file of the unit reads."""
    return [*env_reads(text, unit.values[text.file.path]), *schema_reads(text)]


def _language(unit: NodeUnit) -> Iterator[Finding]:
    typed = any(package.depends_on("typescript") for package in unit.packages) or any(
        text.file.name.endswith((".ts", ".tsx", ".mts")) for text in unit.main_texts
    )
    version = node_version_of(unit.files) or next((package.node for package in unit.packages if package.node), None)
    fact = LanguageFact(language="typescript" if typed else "javascript", version=version, package_manager=unit.manager)
    path = unit.packages[0].path if unit.packages else None
    yield from language_findings(unit, fact, path, "a package.json" if path else f"code of {fact.language}")


def _imports(text: CodeText) -> Iterator[Finding]:
    for found in text.find(_IMPORT):
        facts = NODE.facts(found[1])
        if facts and _TYPES_ONLY.search(text.before(found.start(), 220)):
            continue
        for fact in facts:
            yield Finding(text.file.path, text.line(found.start()), fact, f"the code imports {found[1]}", IMPORTED)


def _custom_port(findings: Iterable[Finding]) -> int:
    present = {finding.fact.framework for finding in findings if isinstance(finding.fact, FrameworkFact)}
    ports = (framework.port for framework in NODE.frameworks if framework.name in present)
    return next((port for port in ports if port is not None), _CUSTOM_PORT)
