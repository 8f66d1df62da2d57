"""The facts about one Ruby unit: its Gemfile, its code and its configurations read together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import within
from muster.nomad.domain.extractors.code.ports import open_to_others
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions, scripting_expressions
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_findings
from muster.nomad.domain.extractors.ruby.configurations import configuration_findings
from muster.nomad.domain.extractors.ruby.env import env_reads
from muster.nomad.domain.extractors.ruby.grammar import GRAMMAR
from muster.nomad.domain.extractors.ruby.libraries import FRAMEWORKS, RUBY
from muster.nomad.domain.extractors.ruby.packages import RubyPackage, ruby_version
from muster.nomad.domain.extractors.ruby.ports import port_findings
from muster.nomad.domain.extractors.ruby.rails import rails_findings, start_findings
from muster.nomad.domain.extractors.ruby.routes import route_findings
from muster.nomad.domain.facts import LanguageFact, NameFact

_REQUIRE = re.compile(r"^[ \t]{0,20}+require[ (]\s{0,3}['\"]([\w./-]{1,80})['\"]", re.MULTILINE)
_ORDER = {package: number for number, one in enumerate(FRAMEWORKS) for package in one.packages}


@dataclass(frozen=True)
class RubyUnit(CodeUnit):
    """The package files, the code and the configurations of one folder, with its package files."""

    packages: tuple[RubyPackage, ...]
    configurations: tuple[CodeText, ...]

    @cached_property
    def gems(self) -> Mapping[str, tuple[str, int]]:
        """The gems that are needed, with file and line; web frameworks first, in their order."""
        listed = [(name, (one.path, line)) for one in self.packages for name, line in one.gems]
        return dict(sorted(listed, key=lambda one: (_ORDER.get(one[0], len(_ORDER)), one[1][1])))

    @cached_property
    def values(self) -> Mapping[str, ScriptingExpressions]:
        """What expressions come to in each file, by its path."""
        return unit_expressions(scripting_expressions(text, GRAMMAR) for text in self.texts)


def package_findings(unit: RubyUnit) -> Iterator[Finding]:
    """What the package files say: language, name, what each gem stands for, how the application is started."""
    version = ruby_version(unit.files, unit.packages)
    fact = LanguageFact(language="ruby", version=version, package_manager="bundler" if unit.packages else None)
    path = unit.packages[0].path if unit.packages else None
    yield from language_findings(unit, fact, path, f"a {path.rpartition('/')[2]}" if path else "Ruby code")
    for package in unit.packages:
        if package.name:
            yield Finding(package.path, 1, NameFact(name=package.name), "the gem's name", LISTED)
    for name, (path, line) in unit.gems.items():
        for said in RUBY.facts(name):
            yield Finding(path, line, said, f"the gem {name} is listed", LISTED)
    yield from _of_rails(unit)


def code_findings(unit: RubyUnit) -> Iterator[Finding]:
    """What the code says beside environment variables: requires, ports, health routes, URLs, adapters."""
    for text in unit.texts:
        yield from _requires(text)
    yield from open_to_others(
        one for text in unit.main_texts for one in port_findings(text, unit.values[text.file.path])
    )
    for text in unit.main_texts:
        yield from route_findings(text)
    yield from url_findings((*unit.texts, *unit.configurations))
    for text in unit.configurations:
        yield from configuration_findings(text)


def code_reads(unit: RubyUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads."""
    reads = [(text.file.path, env_reads(text, unit.values[text.file.path])) for text in unit.texts]
    return [
        *reads,
        *((text.file.path, env_reads(text, scripting_expressions(text, GRAMMAR))) for text in unit.configurations),
    ]


def _of_rails(unit: RubyUnit) -> Iterator[Finding]:
    files = {within(file.path, unit.folder) for file in unit.files}
    place = unit.gems.get("rails") or unit.gems.get("railties")
    if place and "config/application.rb" in files:
        yield from rails_findings(unit.folder, *place, unit.gems, files)
    if unit.packages:
        yield from start_findings(unit.folder, *(place or (unit.packages[0].path, 1)), unit.gems, files)


def _requires(text: CodeText) -> Iterator[Finding]:
    for found in text.find(_REQUIRE) if "require" in text.code else ():
        for fact in RUBY.facts(found[1]):
            yield Finding(text.file.path, text.line(found.start(1)), fact, f"the code requires {found[1]}", IMPORTED)
