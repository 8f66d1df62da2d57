"""Environment variables that Java and Kotlin code, and their files of settings, read."""

import pytest

from muster.nomad.domain.extractors.jvm.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

JAVA = [
    ("bare", 'String s = System.getenv("XX");', "required"),
    ("a default of the map", 'String s = System.getenv().getOrDefault("XX", "a");', "=a"),
    ("the map", 'String s = System.getenv().get("XX");', "required"),
    ("an optional with a default", 'String s = Optional.ofNullable(System.getenv("XX")).orElse("a");', "=a"),
    ("an optional that supplies", 'String s = Optional.ofNullable(System.getenv("XX")).orElseGet(() -> "a");', "=a"),
    ("an optional that throws", 'String s = Optional.ofNullable(System.getenv("XX")).orElseThrow();', "required"),
    ("an optional that is mapped", 'int s = Optional.ofNullable(System.getenv("XX")).map(Integer::parseInt).orElse(5);', "=5"),
    ("not null", 'String s = Objects.requireNonNull(System.getenv("XX"), "no XX");', "required"),
    ("or else", 'String s = Objects.requireNonNullElse(System.getenv("XX"), "a");', "=a"),
    ("commons lang", 'String s = StringUtils.defaultIfBlank(System.getenv("XX"), "a");', "=a"),
    ("a choice", 'String s = System.getenv("XX") != null ? System.getenv("XX") : "a";', "=a"),
    ("a choice the other way", 'String s = System.getenv("XX") == null ? "a" : System.getenv("XX");', "=a"),
    ("a look", 'if (System.getenv("XX") != null) {\n    go();\n}', "optional"),
    ("a comparison", 'boolean b = "true".equals(System.getenv("XX"));', "optional"),
    ("a truth", 'boolean b = Boolean.parseBoolean(System.getenv("XX"));', "optional"),
    ("a default when null", 'String s = System.getenv("XX");\nif (s == null) {\n    s = "a";\n}', "=a"),
    ("an exception when null", 'String s = System.getenv("XX");\nif (s == null || s.isBlank()) {\n    throw new IllegalStateException("no XX");\n}', "required"),
    ("an exception when empty", 'String s = System.getenv("XX");\nif (s.isEmpty()) throw new A();', "required"),
    ("a later choice", 'String s = System.getenv("XX");\nreturn s != null ? s : "a";', "=a"),
    ("a helper with a default", 'String s = getEnv("XX", "a");', "=a"),
    ("a helper of a class", 'String s = Env.getOrDefault("XX", "a");', "=a"),
    ("a helper that insists", 'String s = requireEnv("XX");', "required"),
    ("dotenv", 'String s = dotenv.get("XX", "a");', "=a"),
    ("Spring's environment", 'String s = environment.getProperty("XX", "a");', "=a"),
    ("a constant", 'static final String NAME = "XX";\nString s = System.getenv(NAME);', "required"),
    ("Spring's value", '@Value("${XX:a}")\nprivate String a;', "=a"),
    ("Spring's needed value", '@Value("${XX}")\nprivate String a;', "required"),
    ("Spring's empty value", '@Value("${XX:}")\nprivate String a;', "optional"),
    ("a property is no variable", '@Value("${app.xx:a}")\nprivate String a;', "absent"),
    ("a system property is no variable", 'String s = System.getProperty("xx");', "absent"),
    ("a comment is no read", '// System.getenv("XX")\n/* System.getenv("XX") */', "absent"),
]  # fmt: skip
KOTLIN = [
    ("bare", 'val s = System.getenv("XX")', "required"),
    ("elvis", 'val s = System.getenv("XX") ?: "a"', "=a"),
    ("elvis behind a conversion", 'val s = System.getenv("XX")?.toInt() ?: 5', "=5"),
    ("elvis on the next line", 'val s = System.getenv("XX")\n    ?: "a"', "=a"),
    ("elvis that throws", 'val s = System.getenv("XX") ?: throw Exception("no")', "required"),
    ("elvis that fails", 'val s = System.getenv("XX") ?: error("no XX")', "required"),
    ("elvis that leaves", 'val s = System.getenv("XX") ?: return', "optional"),
    ("insisted", 'val s = System.getenv("XX")!!', "required"),
    ("a key", 'val s = System.getenv()["XX"] ?: "a"', "=a"),
    ("a choice", 'val s = if (System.getenv("XX") != null) System.getenv("XX") else "a"', "=a"),
    ("or else", 'val s = System.getenv().getOrDefault("XX", "a")', "=a"),
    ("a look", 'if (System.getenv("XX").isNullOrBlank()) {\n    skip()\n}', "optional"),
    ("dotenv", 'val s = dotenv["XX"]', "required"),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in JAVA])
def test_a_read_of_java_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    text = "class A {\n  void f() {\n" + code + "\n  }\n}\n"
    assert need(EXTRACTOR, {"src/main/java/com/example/A.java": text}, "XX") == expected


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in KOTLIN])
def test_a_read_of_kotlin_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"src/main/kotlin/A.kt": "fun main() {\n" + code + "\n}\n"}, "XX") == expected


POM = "<project><artifactId>a</artifactId></project>"
PROPERTIES = "src/main/resources/application.properties"
YAML = "src/main/resources/application.yml"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (PROPERTIES, "a.b=${XX:c}", "=c"),
        (PROPERTIES, "a.b=${XX}", "required"),
        (PROPERTIES, "a.b=${XX:}", "optional"),
        (PROPERTIES, "a.b=http://${XX:c}:80/${YY}", "=c"),
        (PROPERTIES, "a.b=${YY:${XX:c}}", "=c"),
        (PROPERTIES, "#a.b=${XX:c}", "absent"),
        (PROPERTIES, "a.b=${xx.yy}", "absent"),
        (YAML, "a:\n  b: ${XX:c}", "=c"),
        (YAML, "a:\n  - ${XX:c}", "=c"),
        (YAML, 'a:\n  b: "${XX}"  # why', "required"),
        (YAML, "a:\n  # b: ${XX}", "absent"),
        ("src/main/resources/application-prod.yml", "a: ${XX}", "optional"),
        (YAML, "a: b\n---\nspring.config.activate.on-profile: prod\na: ${XX}", "optional"),
        ("src/test/resources/application.yml", "a: ${XX}", "absent"),
        ("src/main/resources/application.conf", "db {\n  url = ${?XX}\n}", "optional"),
        ("src/main/resources/application.conf", "db { url = ${XX} }", "required"),
    ],
)
def test_a_placeholder_in_settings_is_a_variable(path: str, text: str, expected: str) -> None:
    assert need(EXTRACTOR, {"pom.xml": POM, path: text}, "XX") == expected


def test_a_profile_that_is_on_counts_like_the_rest() -> None:
    files = {
        "pom.xml": POM,
        PROPERTIES: "spring.profiles.active=prod",
        "src/main/resources/application-prod.properties": "a=${XX}",
    }
    assert need(EXTRACTOR, files, "XX") == "required"


def test_a_secrets_default_is_dropped() -> None:
    found = variable(EXTRACTOR, {"pom.xml": POM, PROPERTIES: "a=${DB_PASSWORD:hunter2}"}, "DB_PASSWORD")
    assert found == EnvFact(name="DB_PASSWORD", secret=True)


@pytest.mark.parametrize("path", ["src/test/java/A.java", "src/main/java/ATest.java", "src/main/java/AIT.java"])
def test_tests_need_nothing(path: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {path: 'class A { String s = System.getenv("XX"); }'}) == []


def test_the_place_is_the_line_of_the_setting() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"pom.xml": POM, YAML: "a:\n  b: ${XX}"}) if one.fact.kind == "env")
    assert (found.unit, found.where, found.source) == ("folder:.", f"{YAML}:2", "jvm")
