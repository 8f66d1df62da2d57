"""The facts about one Go unit: its go.mod and its code read together."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import Places, unit_expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.ports import CUSTOM_PORT, open_to_others
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.code.values import agreed
from muster.nomad.domain.extractors.go.env import env_reads
from muster.nomad.domain.extractors.go.expressions import GoExpressions, find_places
from muster.nomad.domain.extractors.go.groups import GoRouters, find_calls
from muster.nomad.domain.extractors.go.libraries import GO
from muster.nomad.domain.extractors.go.options import option_fields
from muster.nomad.domain.extractors.go.packages import GoModule
from muster.nomad.domain.extractors.go.ports import port_findings
from muster.nomad.domain.extractors.go.routes import route_findings
from muster.nomad.domain.extractors.go.structs import EnvField, struct_fields
from muster.nomad.domain.facts import FrameworkFact, LanguageFact, NameFact

# What may be imported ends a line; where it is known, what stands before it on its line says whether it is.
_LAST_QUOTED = re.compile(r"\"([\w.~-]{1,100}(?:/[\w.~-]{1,100}){0,9})\"[ \t]{0,9}$", re.MULTILINE)
_IMPORTING = re.compile(r"[ \t]{0,20}+(?:import[ \t]{1,9})?(?:[\w.]{1,40}[ \t]{1,9})?")


@dataclass(frozen=True)
class GoUnit(CodeUnit):
    """The code and the go.mod of one module."""

    modules: tuple[GoModule, ...]

    @cached_property
    def fields(self) -> tuple[EnvField, ...]:
        """Struct fields, viper's keys and flags that the environment sets."""
        return (*struct_fields(self.texts), *option_fields(self.texts, self.places))

    @cached_property
    def places(self) -> Mapping[str, Places]:
        """Where names get their values in each file, by its path."""
        return {text.file.path: find_places(text) for text in self.texts}

    @cached_property
    def values(self) -> Mapping[str, GoExpressions]:
        """What expressions come to in each file, by its path."""
        fields = agreed((field.field, field.value) for field in self.fields)
        return unit_expressions(GoExpressions(text, self.places[text.file.path], fields) for text in self.texts)


def module_findings(unit: GoUnit) -> Iterator[Finding]:
    """What go.mod says: language, name, and what each required module stands for."""
    for module in unit.modules:
        fact = LanguageFact(language="go", version=module.version, package_manager="go")
        yield Finding(module.path, module.version_line, fact, "a go.mod", IMPORTED)
        if module.name:
            yield Finding(module.path, 1, NameFact(name=module.name), "the module's name", LISTED)
        for name, line in module.required:
            for required in GO.facts(name):
                yield Finding(module.path, line, required, f"{name} is required", LISTED)
    if not unit.modules:
        yield from language_findings(unit, LanguageFact(language="go"), None, "Go code")


def code_findings(unit: GoUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: imports, ports, health routes, URLs."""
    imported = [finding for text in unit.texts for finding in _imports(text)]
    yield from imported
    yield from _ports(unit, _framework_port((*imported, *module_findings(unit))))
    routers = [GoRouters(text) for text in unit.main_texts]
    calls = find_calls(routers)
    for one in routers:
        yield from route_findings(one, calls)
    yield from url_findings(unit.texts)


def code_reads(unit: GoUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads."""
    return [
        (
            text.file.path,
            [
                *env_reads(text, unit.values[text.file.path]),
                *(field.read for field in unit.fields if field.path == text.file.path),
            ],
        )
        for text in unit.texts
    ]


def _imports(text: CodeText) -> Iterator[Finding]:
    for found in text.find(_LAST_QUOTED):
        facts = GO.facts(found[1])
        line_start = text.code.rfind("\n", 0, found.start()) + 1
        for fact in facts if facts and _IMPORTING.fullmatch(text.code, line_start, found.start()) else ():
            yield Finding(text.file.path, text.line(found.start(1)), fact, f"the code imports {found[1]}", IMPORTED)


def _framework_port(findings: Iterable[Finding]) -> int | None:
    """The port of the first web framework; 8080 is the custom of those without one; None without a framework."""
    present = {finding.fact.framework for finding in findings if isinstance(finding.fact, FrameworkFact)}
    found = [framework for framework in GO.frameworks if framework.name in present and framework.listens]
    return next((framework.port for framework in found if framework.port), CUSTOM_PORT if found else None)


def _ports(unit: GoUnit, framework_port: int | None) -> list[Finding]:
    return open_to_others(
        finding
        for text in unit.main_texts
        for finding in port_findings(text, unit.values[text.file.path], framework_port)
    )
