"""The facts about one unit of the JVM: its build files, settings and code read together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.compiled import CompiledExpressions, find_places
from muster.nomad.domain.extractors.code.env import EnvRead
from muster.nomad.domain.extractors.code.expressions import unit_expressions
from muster.nomad.domain.extractors.code.findings import LISTED, Finding
from muster.nomad.domain.extractors.code.folders import is_main_code
from muster.nomad.domain.extractors.code.ports import open_to_others
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.units import CodeUnit, language_findings
from muster.nomad.domain.extractors.code.urls import url_finding, url_findings, url_services
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.jvm.builds import JvmBuild
from muster.nomad.domain.extractors.jvm.configuration import Configuration, configurations
from muster.nomad.domain.extractors.jvm.env import constants, env_reads, setting_reads
from muster.nomad.domain.extractors.jvm.frameworks import application_path, health_findings, setting_ports
from muster.nomad.domain.extractors.jvm.grammar import GRAMMAR
from muster.nomad.domain.extractors.jvm.libraries import JVM
from muster.nomad.domain.extractors.jvm.ports import port_findings
from muster.nomad.domain.extractors.jvm.routes import route_findings
from muster.nomad.domain.extractors.jvm.workloads import spring_findings
from muster.nomad.domain.facts import LanguageFact, NameFact


@dataclass(frozen=True)
class JvmUnit(CodeUnit):
    """The code, the build files and the files of settings of a project with its modules."""

    builds: tuple[JvmBuild, ...]
    setting_files: tuple[SourceFile, ...]

    @cached_property
    def configurations(self) -> list[Configuration]:
        """The settings of each module."""
        return configurations(file for file in self.setting_files if is_main_code(file.path, self.unit))

    @cached_property
    def values(self) -> Mapping[str, CompiledExpressions]:
        """What expressions come to in each file, by its path."""
        names = dict(pair for text in self.texts for pair in constants(text))
        return unit_expressions(
            CompiledExpressions(text, find_places(text), grammar=GRAMMAR, reads=env_reads(text, names))
            for text in self.texts
        )

    @cached_property
    def libraries(self) -> Mapping[str, tuple[str, int]]:
        """Where each library is named first."""
        found: dict[str, tuple[str, int]] = {}
        for build in self.builds:
            for name, line in build.libraries if is_main_code(build.path, self.unit) else ():
                found.setdefault(name, (build.path, line))
        return found


def build_findings(unit: JvmUnit) -> Iterator[Finding]:
    """What the build files say: language, name, and what each library stands for."""
    yield from _language(unit)
    named = next((one for one in unit.builds if one.name), None)
    if named and named.name:
        yield Finding(named.path, named.name_line, NameFact(name=named.name), "the project's name", LISTED)
    for name, place in unit.libraries.items():
        for fact in JVM.facts(name):
            yield Finding(*place, fact, f"{name} is a dependency", LISTED)


def code_findings(unit: JvmUnit) -> Iterator[Finding]:
    """What settings and code say beside environment variables: ports, health routes, URLs, the kind of work."""
    yield from spring_findings(unit.main_texts, unit.configurations, unit.libraries)
    by_settings = [finding for one in unit.configurations for finding in setting_ports(one)]
    by_code = [finding for text in unit.main_texts for finding in port_findings(unit.values[text.file.path])]
    yield from open_to_others((*by_settings, *by_code))
    for configuration in unit.configurations or [Configuration()]:
        yield from health_findings(configuration, unit.libraries)
    prefix = application_path(unit.configurations[0]) if len(unit.configurations) == 1 else "/"
    for text in unit.main_texts:
        yield from route_findings(text, prefix)
    yield from url_findings(unit.texts)
    yield from _setting_urls(unit)


def env_reads_by_file(unit: JvmUnit) -> list[tuple[str, list[EnvRead]]]:
    """The environment variables that each file reads, code and settings."""
    in_code = [(path, values.env_reads()) for path, values in unit.values.items()]
    return [*in_code, *_setting_reads(unit)]


def _setting_reads(unit: JvmUnit) -> Iterator[tuple[str, list[EnvRead]]]:
    for configuration in unit.configurations:
        for settings, needed in ((configuration.settings, True), (configuration.aside, False)):
            for path in dict.fromkeys(setting.path for setting in settings):
                its = (setting for setting in settings if setting.path == path)
                yield path, setting_reads(its, needed=needed)


def _setting_urls(unit: JvmUnit) -> Iterator[Finding]:
    for configuration in unit.configurations:
        for setting in (*configuration.settings, *configuration.aside):
            for _, service, scheme in url_services(setting.value) if "://" in setting.value else ():
                yield url_finding(setting.path, setting.line, service, scheme)


def _language(unit: JvmUnit) -> Iterator[Finding]:
    kotlin = _count(unit.main_texts, ".kt") > _count(unit.main_texts, ".java")
    language = "kotlin" if kotlin else "java"
    version = next((one.java for one in unit.builds if one.java), None)
    if unit.builds:
        build = unit.builds[0]
        fact = LanguageFact(language=language, version=version, package_manager=build.manager)
        yield from language_findings(unit, fact, build.path, f"a {build.path.rpartition('/')[2]}")
    else:
        yield from language_findings(unit, LanguageFact(language=language), None, f"{language} code")


def _count(texts: Iterable[CodeText], ending: str) -> int:
    return sum(text.file.name.endswith(ending) for text in texts)
