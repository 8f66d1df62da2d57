"""The facts about one PHP unit: its composer.json, its code and its configurations read together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import GUESS, IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import within
from muster.nomad.domain.extractors.code.ports import open_to_others
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions, scripting_expressions
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.php.env import env_reads, is_symfony_file, symfony_reads
from muster.nomad.domain.extractors.php.grammar import GRAMMAR
from muster.nomad.domain.extractors.php.libraries import PHP
from muster.nomad.domain.extractors.php.packages import ComposerPackage
from muster.nomad.domain.extractors.php.ports import port_findings, roadrunner_findings, script_findings
from muster.nomad.domain.extractors.php.routes import configured_routes, page_finding, route_findings
from muster.nomad.domain.facts import FrameworkFact, LanguageFact, NameFact, WorkloadFact

_QUEUED = re.compile(r"\bimplements\b[^{\n]{0,200}\bShouldQueue\b|#\[AsMessageHandler\b")
_SCHEDULED = re.compile(r"(?:\$schedule->|\bSchedule::)(?:command|job|call|exec)\(|#\[As(?:Cron|Periodic)Task\b")
_WORDPRESS = re.compile(r"wp-config(?:-\w{1,20})?\.php")


@dataclass(frozen=True)
class PhpUnit(CodeUnit):
    """The code and the composer.json of one folder."""

    packages: tuple[ComposerPackage, ...]

    @cached_property
    def laravel(self) -> bool:
        """Whether Laravel is needed."""
        return any(name == "laravel/framework" for one in self.packages for name, _ in one.required)

    @cached_property
    def values(self) -> Mapping[str, ScriptingExpressions]:
        """What expressions come to in each file, by its path."""
        return unit_expressions(scripting_expressions(text, GRAMMAR) for text in self.texts)


def package_findings(unit: PhpUnit) -> Iterator[Finding]:
    """What composer.json says: language, name, and what each package stands for."""
    version = next((one.php for one in unit.packages if one.php), None)
    fact = LanguageFact(language="php", version=version, package_manager="composer" if unit.packages else None)
    path = unit.packages[0].path if unit.packages else None
    yield from language_findings(unit, fact, path, "a composer.json" if path else "PHP code")
    for package in unit.packages:
        if package.name:
            yield Finding(package.path, 1, NameFact(name=package.name), "the package's name", LISTED)
        for name, line in package.required:
            for said in PHP.facts(name):
                yield Finding(package.path, line, said, f"the package {name} is required", LISTED)


def code_findings(unit: PhpUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: ports, health routes, kinds of work, URLs."""
    yield from _ports(unit)
    for text in unit.main_texts:
        yield from route_findings(text, laravel=unit.laravel)
        page = page_finding(text.file.path, within(text.file.path, unit.folder))
        yield from [page] if page else []
        yield from _work(text)
    yield from url_findings(unit.texts)
    for file in unit.files if unit.packages else ():
        yield from configured_routes(file)


def code_reads(unit: PhpUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads."""
    reads = [(text.file.path, _of_file(unit, text)) for text in unit.texts]
    return [*reads, *((file.path, symfony_reads(file)) for file in unit.files if is_symfony_file(file))]


def _of_file(unit: PhpUnit, text: CodeText) -> list[EnvRead]:
    """Laravel encrypts with APP_KEY and fails without it, though the code asks for it as for any other."""
    reads = env_reads(text, unit.values[text.file.path])
    if not unit.laravel:
        return reads
    return [replace(one, how=How.NEEDED) if one.name == "APP_KEY" and one.default is None else one for one in reads]


def _ports(unit: PhpUnit) -> list[Finding]:
    """The ports; those of scripts only where the code opens none."""
    found = [one for text in unit.main_texts for one in port_findings(text, unit.values[text.file.path])]
    found += [one for file in unit.files if file.name in (".rr.yaml", ".rr.yml") for one in roadrunner_findings(file)]
    return open_to_others(found or [one for package in unit.packages for one in script_findings(package)])


def _work(text: CodeText) -> Iterator[Finding]:
    for expression, reason in ((_QUEUED, "the code has jobs for a queue"), (_SCHEDULED, "the code has a schedule")):
        found = expression.search(text.code)
        if found:
            fact = WorkloadFact(workload="worker")
            yield Finding(text.file.path, text.line(found.start()), fact, reason, GUESS)
    if _WORDPRESS.fullmatch(text.file.name):
        yield Finding(text.file.path, 1, FrameworkFact(framework="wordpress"), "WordPress' configuration", IMPORTED)
