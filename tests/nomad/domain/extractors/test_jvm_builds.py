"""Maven and Gradle files: language, name, libraries, units."""

import pytest

from muster.nomad.domain.extractors.jvm.extractor import EXTRACTOR
from muster.nomad.domain.facts import DependencyFact, LanguageFact, NameFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts
from nomad.domain.extractors.test_jvm_ports import BOOT, WEB, pom

POM = """<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
  </parent>
  <groupId>com.acme</groupId>
  <artifactId>shop</artifactId>
  <properties><java.version>17</java.version></properties>
  <dependencyManagement><dependencies><dependency>
    <groupId>redis.clients</groupId><artifactId>jedis</artifactId>
  </dependency></dependencies></dependencyManagement>
  <dependencies>
    <!-- <dependency><groupId>org.mongodb</groupId><artifactId>bson</artifactId></dependency> -->
    <dependency>
      <groupId>org.postgresql</groupId>
      <artifactId>postgresql</artifactId>
      <scope>runtime</scope>
    </dependency>
    <dependency>
      <groupId>com.mysql</groupId>
      <artifactId>mysql-connector-j</artifactId>
      <scope>test</scope>
    </dependency>
  </dependencies>
</project>
"""
GRADLE = """plugins {
    id 'org.springframework.boot' version '3.2.0'
}
java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
dependencies {
    implementation 'org.springframework.boot:spring-boot-starter-data-redis'
    runtimeOnly("org.postgresql:postgresql:42.1")
    implementation group: 'com.rabbitmq', name: 'amqp-client', version: '5'
    // implementation 'org.mongodb:mongodb-driver-sync:4'
    testImplementation 'com.mysql:mysql-connector-j'
}
"""


def services(files: dict[str, str]) -> set[str]:
    return {one.service for one in facts(EXTRACTOR, DependencyFact, files)}


def test_maven_has_the_version_of_java_and_the_name() -> None:
    assert facts(EXTRACTOR, LanguageFact, {"pom.xml": POM}) == [
        LanguageFact(language="java", version="17", package_manager="maven")
    ]
    (name,) = (one for one in evidence(EXTRACTOR, {"pom.xml": POM}) if isinstance(one.fact, NameFact))
    assert (name.fact, name.where) == (NameFact(name="shop"), "pom.xml:7")


def test_only_what_runs_counts_with_its_line() -> None:
    found = [one for one in evidence(EXTRACTOR, {"pom.xml": POM}) if isinstance(one.fact, DependencyFact)]
    assert [(one.fact, one.where) for one in found] == [
        (DependencyFact(service="postgres", by="org.postgresql:postgresql"), "pom.xml:14")
    ]


@pytest.mark.parametrize("name", ["build.gradle", "build.gradle.kts"])
def test_gradle_has_the_version_of_java_and_the_libraries(name: str) -> None:
    assert facts(EXTRACTOR, LanguageFact, {name: GRADLE}) == [
        LanguageFact(language="java", version="21", package_manager="gradle")
    ]
    assert services({name: GRADLE}) == {"redis", "postgres", "rabbitmq"}


def test_gradles_settings_have_the_name() -> None:
    files = {"build.gradle": GRADLE, "settings.gradle": "rootProject.name = 'shop'\n"}
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="shop")]


def test_a_version_catalog_names_the_libraries() -> None:
    files = {
        "build.gradle.kts": "plugins { alias(libs.plugins.quarkus) }\ndependencies { implementation(libs.pg.driver) }\n",
        "gradle/libs.versions.toml": '[libraries]\npg-driver = { module = "org.postgresql:postgresql", version = "1" }\n'
        '[plugins]\nquarkus = { id = "io.quarkus", version = "3" }\n',
    }
    assert services(files) == {"postgres"}


def test_kotlin_is_told_from_java() -> None:
    assert facts(EXTRACTOR, LanguageFact, {"build.gradle.kts": "", "src/main/kotlin/A.kt": ""})[0].language == "kotlin"


@pytest.mark.parametrize(
    ("library", "service"),
    [
        ("org.postgresql:postgresql", "postgres"),
        ("mysql:mysql-connector-java", "mysql"),
        (f"{BOOT}-data-redis", "redis"),
        ("redis.clients:jedis", "redis"),
        ("io.lettuce:lettuce-core", "redis"),
        (f"{BOOT}-data-mongodb", "mongodb"),
        (f"{BOOT}-amqp", "rabbitmq"),
        ("org.springframework.kafka:spring-kafka", "kafka"),
        ("io.quarkus:quarkus-messaging-kafka", "kafka"),
        ("software.amazon.awssdk:s3", "s3"),
        (f"{BOOT}-data-elasticsearch", "elasticsearch"),
        ("com.datastax.oss:java-driver-core", "cassandra"),
        ("org.springframework.cloud:spring-cloud-starter-vault-config", "vault"),
    ],
)
def test_a_client_library_shows_the_service(library: str, service: str) -> None:
    assert services({"pom.xml": pom(library)}) == {service}


def test_a_url_in_the_settings_shows_the_service() -> None:
    path = "src/main/resources/application.properties"
    text = "spring.datasource.url=${DB_URL:jdbc:postgresql://localhost:5432/a}"
    assert services({"pom.xml": pom(WEB), path: text}) == {"postgres"}


def test_spark_the_engine_is_heavy_computing() -> None:
    assert facts(EXTRACTOR, WorkloadFact, {"pom.xml": pom("org.apache.spark:spark-sql_2.13")}) == [
        WorkloadFact(workload="compute")
    ]


WHOLE = "<project><artifactId>shop</artifactId><modules><module>a</module></modules></project>"
SETTINGS = "src/main/resources/application.properties"


def test_modules_with_one_application_are_one_unit() -> None:
    files = {"pom.xml": WHOLE, "api/pom.xml": pom(WEB), f"api/{SETTINGS}": "server.port=8081", "core/pom.xml": pom()}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:."}


def test_several_applications_are_units_of_their_own() -> None:
    module = {"pom.xml": pom(WEB), SETTINGS: "server.port=8081"}
    files = {"pom.xml": WHOLE} | {f"{name}/{path}": text for name in ("a", "b") for path, text in module.items()}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:a", "folder:b"}


def test_two_projects_are_two_units() -> None:
    files = {"a/pom.xml": pom(WEB), "b/build.gradle": GRADLE}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:a", "folder:b"}
