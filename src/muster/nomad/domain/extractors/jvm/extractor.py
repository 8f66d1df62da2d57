"""The extractor of Maven and Gradle projects, and of Java and Kotlin code.

Code is read by regular expressions, without its comments. A build with its modules is one unit; of examples and
samples only variables and client libraries count, half. Profiles that may be off have no say about ports.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.code.findings import counted
from muster.nomad.domain.extractors.code.folders import frames, package_folder, unit_folders
from muster.nomad.domain.extractors.code.units import code_files, evidence_by_unit
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.jvm.builds import Catalog, JvmBuild, read_catalog, read_gradle, read_pom
from muster.nomad.domain.extractors.jvm.grammar import jvm_text
from muster.nomad.domain.extractors.jvm.unit import JvmUnit, build_findings, code_findings, env_reads_by_file
from muster.nomad.domain.facts import Evidence

SOURCE = "jvm"
_GRADLE_FILES = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
_CODE_ENDINGS = (".java", ".kt")
_SETTING_ENDINGS = (".properties", ".yml", ".yaml", ".conf")
_SETTING_FILES = (
    *(f"{name}*{ending}" for name in ("application", "bootstrap") for ending in _SETTING_ENDINGS),
    "microprofile-config.properties",
    "config.yml",
)


def extract_jvm(files: Files) -> tuple[Evidence, ...]:
    """What build files, settings and code of the JVM say about each unit."""
    kept = code_files(files)
    catalog = {
        alias: name for file in kept if file.name == "libs.versions.toml" for alias, name in read_catalog(file).items()
    }
    builds = {file.path: build for file in kept if (build := _build(file, catalog))}
    wholes = {package_folder(path) for path, build in builds.items() if build.modules}
    folders = {package_folder(path) for path in builds}
    programs = _programs(kept, folders)
    folders = unit_folders(folders, wholes, programs)
    read = partial(_unit_evidence, builds)
    return evidence_by_unit(kept, folders, read, left_out=frames(wholes, programs))


def _build(file: SourceFile, catalog: Catalog) -> JvmBuild | None:
    if file.name == "pom.xml":
        return read_pom(file)
    return read_gradle(file, catalog) if file.name in _GRADLE_FILES else None


def _programs(kept: list[SourceFile], folders: Collection[str]) -> list[str]:
    """The modules that are applications: each has settings of its own."""
    modules = (file.path.partition("src/main/resources/")[0].rstrip("/") for file in kept if _is_setting(file))
    return [folder for folder in dict.fromkeys(modules) if folder in folders]


def _is_setting(file: SourceFile) -> bool:
    return file.name.startswith("application.") and "src/main/resources/" in file.path


def _unit_evidence(builds: Mapping[str, JvmBuild], unit: str, files: Sequence[SourceFile]) -> Iterator[Evidence]:
    own = sorted((builds[file.path] for file in files if file.path in builds), key=lambda one: one.path.count("/"))
    code = tuple(jvm_text(file) for file in files if file.name.endswith(_CODE_ENDINGS))
    if not own and not code:
        return
    settings = tuple(file for file in files if file.name.endswith(_SETTING_ENDINGS))
    whole = JvmUnit(unit, code, tuple(files), tuple(own), settings)
    reads = unit_env_findings(env_reads_by_file(whole), unit)
    yield from counted(SOURCE, unit, (*build_findings(whole), *code_findings(whole), *reads))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Java and Kotlin: Maven and Gradle files, settings, frameworks, ports, environment variables, health "
    "routes, client libraries",
    globs=("pom.xml", *_GRADLE_FILES, "libs.versions.toml", *_SETTING_FILES, "*.java", "*.kt"),
    extract=extract_jvm,
    max_bytes=1024 * 1024,
    max_files=1000,
)
