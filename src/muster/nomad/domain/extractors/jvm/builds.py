"""What pom.xml, Gradle's build scripts and version catalogs say: name, version of Java, libraries, modules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, toml_table

_NAME = r"[A-Za-z0-9_.-]{1,120}"
_ASIDE = ("<!--", "parent", "dependencyManagement", "build", "profiles", "reporting")
_GROUP = re.compile(rf"<groupId>\s{{0,40}}({_NAME})")
_ARTIFACT = re.compile(rf"<artifactId>\s{{0,40}}({_NAME})")
_POM_JAVA = re.compile(
    r"<(?:java\.version|maven\.compiler\.(?:release|source|target)|jdk\.version|release)>\s{0,9}(1\.8|[0-9]{1,2})\b"
)
_GRADLE_LIBRARY = re.compile(
    rf"(?<![\w.])([A-Za-z]\w{{0,40}})[ \t(]{{1,20}}(?:(?:platform|enforcedPlatform|kotlin)\()?"
    rf"(?:[\"']({_NAME}):({_NAME})[:\"'@]|group\s{{0,3}}[:=]\s{{0,3}}[\"']({_NAME})[\"'],\s{{0,9}}name\s{{0,3}}[:=]\s{{0,3}}[\"']({_NAME})|libs\.([\w.]{{1,100}}))"
)
_GRADLE_PLUGIN = re.compile(
    r"\b(?:id|apply\s{1,3}plugin:)[ (]{0,3}[\"']([\w.-]{1,100})[\"']|\balias\(\s{0,9}libs\.plugins\.([\w.]{1,80})"
)
_GRADLE_JAVA = re.compile(
    r"JavaLanguageVersion\.of\(\s{0,3}[\"']?([0-9]{1,2})|jvmToolchain\(\s{0,3}([0-9]{1,2})"
    r"|sourceCompatibility\s{0,3}=?\s{0,3}(?:JavaVersion\.VERSION_|[\"']?)(?:1[._])?([0-9]{1,2})"
)
_ROOT_NAME = re.compile(rf"rootProject\.name\s{{0,9}}=\s{{0,9}}[\"']({_NAME})")
_SPARED = re.compile(r"test|development|annotation|kapt|ksp|classpath|compileOnly|checkstyle|detekt", re.IGNORECASE)
_PLUGINS = {
    "org.springframework.boot": "org.springframework.boot:spring-boot",
    "io.quarkus": "io.quarkus:quarkus",
    "io.micronaut.application": "io.micronaut:micronaut-http-server-netty",
    "io.ktor.plugin": "io.ktor:ktor-server-core",
}


@dataclass(frozen=True)
class JvmBuild:
    """A build file. `libraries` are `group:artifact` with their lines."""

    path: str
    manager: str
    name: str | None = None
    name_line: int = 1
    java: str | None = None
    libraries: tuple[tuple[str, int], ...] = ()
    modules: bool = False
    """Whether other folders are built with it."""


Catalog = Mapping[str, str]
"""A Gradle version catalog: alias, with dots, to `group:artifact`, or to the id of a plugin."""


def read_pom(file: SourceFile) -> JvmBuild:
    """The project that a pom.xml describes."""
    parent = _between(file.text, "parent")
    own = file.text
    for tag in _ASIDE:
        own = _without(own, tag)
    libraries = [*_pom_libraries(own)]
    if "spring-boot-starter-parent" in parent:
        libraries.insert(0, ("org.springframework.boot:spring-boot", _line(file.text, file.text.find("<parent>"))))
    head = _without(own, "dependencies")
    name = _ARTIFACT.search(head)
    java = _POM_JAVA.search(file.text)
    return JvmBuild(
        file.path,
        "maven",
        name=name[1] if name else None,
        name_line=_line(head, name.start()) if name else 1,
        java=_java(java[1]) if java else None,
        libraries=tuple(libraries),
        modules="<modules>" in own,
    )


def read_gradle(file: SourceFile, catalog: Catalog) -> JvmBuild:
    """The project that a build.gradle, build.gradle.kts or settings.gradle describes."""
    java, name = _GRADLE_JAVA.search(file.text), _ROOT_NAME.search(file.text)
    return JvmBuild(
        file.path,
        "gradle",
        name=name[1] if name else None,
        name_line=_line(file.text, name.start()) if name else 1,
        java=_java(next(version for version in java.groups() if version)) if java else None,
        libraries=tuple(_gradle_libraries(file, catalog)),
        modules=file.name.startswith("settings.gradle"),
    )


def read_catalog(file: SourceFile) -> Catalog:
    """The libraries and plugins of a libs.versions.toml."""
    data = toml_table(file.text)
    if isinstance(data, str):
        return {}
    found: dict[str, str] = {}
    libraries, plugins = inner_table(data, "libraries"), inner_table(data, "plugins")
    for alias in libraries:
        module = _module(libraries, alias)
        if module:
            found[re.sub(r"[-_]", ".", alias)] = module
    for alias, said in plugins.items():
        plugin = said if isinstance(said, str) else inner_table(plugins, alias).get("id")
        if isinstance(plugin, str):
            found["plugins." + re.sub(r"[-_]", ".", alias)] = plugin.partition(":")[0]
    return found


def _module(libraries: Table, alias: str) -> str | None:
    said = libraries[alias]
    if isinstance(said, str):
        return ":".join(said.split(":")[:2])
    table = inner_table(libraries, alias)
    module = table.get("module") or f"{table.get('group')}:{table.get('name')}"
    return module if isinstance(module, str) else None


def _pom_libraries(text: str) -> Iterator[tuple[str, int]]:
    at = line = 1
    at = 0
    for _ in range(1000):
        start = text.find("<dependency>", at)
        end = text.find("</dependency>", start)
        if start < 0 or end < 0:
            return
        line += text.count("\n", at, start)
        at = start
        block = text[start : min(end, start + 2000)]
        group, artifact = _GROUP.search(block), _ARTIFACT.search(block)
        if group and artifact and not re.search(r"<scope>\s{0,9}(?:test|provided)", block):
            yield f"{group[1]}:{artifact[1]}", line
        line += text.count("\n", at, end)
        at = end


def _gradle_libraries(file: SourceFile, catalog: Catalog) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(file.lines[:5000], start=1):
        text = line[:400].partition("//")[0]
        for found in _GRADLE_LIBRARY.finditer(text):
            name = _named(found, catalog)
            if name and not _SPARED.search(found[1]):
                yield name, number
        for found in _GRADLE_PLUGIN.finditer(text):
            plugin = found[1] or catalog.get("plugins." + found[2], "")
            if plugin in _PLUGINS:
                yield _PLUGINS[plugin], number


def _named(found: "re.Match[str]", catalog: Catalog) -> str | None:
    if found[6]:
        return catalog.get(found[6].removesuffix(".get"))
    return f"{found[2] or found[4]}:{found[3] or found[5]}"


def _java(version: str) -> str:
    return version.removeprefix("1.")


def _between(text: str, tag: str) -> str:
    start = text.find(f"<{tag}>")
    end = text.find(f"</{tag}>", start)
    return text[start:end] if 0 <= start < end else ""


def _without(text: str, tag: str) -> str:
    """The text with what stands in a tag, or in comments, blanked: its lines stay."""
    opening, closing = ("<!--", "-->") if tag == "<!--" else (f"<{tag}>", f"</{tag}>")
    parts: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + len(closing)
    return "".join([*parts, text[at:]])


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
