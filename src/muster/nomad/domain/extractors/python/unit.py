"""The facts about one Python unit: its package files and its modules read together."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.findings import GUESS, IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import within
from muster.nomad.domain.extractors.code.urls import url_finding, url_services
from muster.nomad.domain.extractors.code.values import Value, agreed
from muster.nomad.domain.extractors.python.env import env_reads
from muster.nomad.domain.extractors.python.guards import Guards, find_guards, tested_names
from muster.nomad.domain.extractors.python.libraries import PYTHON, normal_name
from muster.nomad.domain.extractors.python.mounts import find_mounts
from muster.nomad.domain.extractors.python.packages import PythonPackage
from muster.nomad.domain.extractors.python.ports import port_findings
from muster.nomad.domain.extractors.python.routes import route_findings
from muster.nomad.domain.extractors.python.settings import SettingsField, settings_fields
from muster.nomad.domain.extractors.python.source import Module, constant_text
from muster.nomad.domain.extractors.python.values import Resolver
from muster.nomad.domain.facts import FrameworkFact, LanguageFact, NameFact

# Names whose value one module may take from another: where it listens, what its routes begin with.
_SHARED_NAME = re.compile(r"port|addr|bind|listen|prefix|api", re.IGNORECASE)


@dataclass(frozen=True)
class PythonUnit:
    """The package files and parsed modules of one folder."""

    folder: str
    packages: tuple[PythonPackage, ...]
    modules: tuple[Module, ...]

    @cached_property
    def settings(self) -> Mapping[str, tuple[SettingsField, ...]]:
        """The settings fields of each module, by its path."""
        return {module.file.path: tuple(settings_fields(module, Resolver(module))) for module in self.modules}

    @cached_property
    def resolvers(self) -> Mapping[str, Resolver]:
        """What expressions come to in each module, by its path."""
        fields = (field for fields in self.settings.values() for field in fields)
        settings = agreed((field.field, field.value) for field in fields)
        alone = [Resolver(module, settings) for module in self.modules]
        shared = agreed(pair for resolver in alone for pair in _shared_values(resolver))
        return {module.file.path: Resolver(module, settings, shared) for module in self.modules}

    @cached_property
    def guards(self) -> Mapping[str, Guards]:
        """What each module does where values are absent, by its path."""
        return {module.file.path: find_guards(module) for module in self.modules}

    @cached_property
    def tested(self) -> frozenset[str]:
        """Names in capitals that some module only looks at."""
        return frozenset(name for guards in self.guards.values() for name in tested_names(guards))

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Modules and packages of the unit itself, which hide libraries of the same name."""
        inner = (within(module.file.path, self.folder).removeprefix("src/") for module in self.modules)
        return frozenset(path.partition("/")[0].removesuffix(".py") for path in inner)

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The names of the packages that it lists."""
        return frozenset(dependency.name for package in self.packages for dependency in package.dependencies)


def package_findings(unit: PythonUnit) -> Iterator[Finding]:
    """What the package files say: language, name, and what each dependency stands for."""
    yield from _language(unit)
    for package in unit.packages:
        if package.name:
            yield Finding(package.path, 1, NameFact(name=package.name), "the package's name", LISTED)
        for dependency in package.dependencies:
            for fact in PYTHON.facts(dependency.name):
                yield Finding(dependency.path, dependency.line, fact, f"{dependency.name} is a dependency", LISTED)


def module_findings(unit: PythonUnit) -> Iterator[Finding]:
    """What the modules say beside environment variables: imports, ports, health routes, URLs."""
    imported = [finding for module in unit.modules for finding in _imports(unit, module)]
    yield from imported
    custom_port = _custom_port((*imported, *package_findings(unit)))
    mounts = find_mounts((module, unit.resolvers[module.file.path]) for module in unit.modules)
    for module in unit.modules:
        resolver = unit.resolvers[module.file.path]
        yield from port_findings(module, resolver, custom_port)
        yield from route_findings(module, resolver, mounts)
        yield from _urls(module)


def module_reads(unit: PythonUnit, module: Module) -> list[EnvRead]:
    """The environment variables that a module of the unit reads."""
    fields = unit.settings[module.file.path]
    path = module.file.path
    return [*(field.read for field in fields), *env_reads(module, unit.resolvers[path], unit.guards[path], unit.tested)]


def _language(unit: PythonUnit) -> Iterator[Finding]:
    version = next((package for package in unit.packages if package.python), None)
    managers = [package.manager for package in unit.packages if package.manager]
    manager = next((name for name in managers if name != "pip"), managers[0] if managers else None)
    paths = [package.path for package in unit.packages] or [module.file.path for module in unit.modules[:1]]
    fact = LanguageFact(language="python", version=version.python if version else None, package_manager=manager)
    reason, confidence = ("package files of Python", IMPORTED) if unit.packages else ("Python code", GUESS)
    yield from (Finding(version.path if version else path, 1, fact, reason, confidence) for path in paths[:1])


def _imports(unit: PythonUnit, module: Module) -> Iterator[Finding]:
    for full, line in module.imports.values():
        top = full.partition(".")[0]
        if not top or top in unit.own_names:
            continue
        for fact in PYTHON.facts(normal_name(full)):
            yield Finding(module.file.path, line, fact, f"the code imports {top}", IMPORTED)


def _custom_port(findings: Iterable[Finding]) -> int | None:
    present = {finding.fact.framework for finding in findings if isinstance(finding.fact, FrameworkFact)}
    ports = (framework.port for framework in PYTHON.frameworks if framework.name in present)
    return next((port for port in ports if port is not None), None)


def _urls(module: Module) -> Iterator[Finding]:
    for node in module.of(ast.Constant):
        text = None if isinstance(module.parents.get(node), ast.Expr) else constant_text(node)
        for _, service, scheme in url_services(text) if text else ():
            yield url_finding(module.file.path, getattr(node, "lineno", 1), service, scheme)


def _shared_values(resolver: Resolver) -> Iterator[tuple[str, Value]]:
    for name, nodes in resolver.module.assigned.items():
        if _SHARED_NAME.search(name):
            yield from ((name, resolver.value(node)) for node in nodes[:1])
