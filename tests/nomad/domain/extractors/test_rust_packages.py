"""Cargo.toml: language, name, crates, units; and what imports show."""

import pytest

from muster.nomad.domain.extractors.rust.extractor import EXTRACTOR
from muster.nomad.domain.facts import DependencyFact, LanguageFact, NameFact, ProblemFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts

CARGO = """[package]
name = "shop"
edition = "2021"
rust-version = "1.75"

[dependencies]
redis = "0.25"
sqlx = { version = "0.7", features = [
    "postgres",
] }
mongodb = { version = "2", optional = true }

[dev-dependencies]
rdkafka = "0.36"
"""


def test_cargo_has_the_version_and_the_edition() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"Cargo.toml": CARGO}) if one.fact.kind == "language")
    assert found.fact == LanguageFact(language="rust", version="1.75", package_manager="cargo")
    assert found.reason == "a Cargo.toml, edition 2021"


def test_a_toolchain_file_has_the_version() -> None:
    files = {"Cargo.toml": '[package]\nname = "a"\n', "rust-toolchain.toml": '[toolchain]\nchannel = "1.80.1"\n'}
    assert facts(EXTRACTOR, LanguageFact, files)[0].version == "1.80.1"


def test_the_name_has_its_line() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"Cargo.toml": CARGO}) if isinstance(one.fact, NameFact))
    assert (found.fact.name if isinstance(found.fact, NameFact) else "", found.where) == ("shop", "Cargo.toml:2")


def test_only_what_runs_counts() -> None:
    assert facts(EXTRACTOR, DependencyFact, {"Cargo.toml": CARGO}) == [
        DependencyFact(service="redis", by="redis"),
        DependencyFact(service="postgres", by="sqlx"),
    ]


def test_a_crate_has_its_line() -> None:
    places = [one.where for one in evidence(EXTRACTOR, {"Cargo.toml": CARGO}) if isinstance(one.fact, DependencyFact)]
    assert places == ["Cargo.toml:7", "Cargo.toml:8"]


@pytest.mark.parametrize(
    ("crate", "service"),
    [
        ("tokio-postgres", "postgres"),
        ("mysql_async", "mysql"),
        ("fred", "redis"),
        ("mongodb", "mongodb"),
        ("lapin", "rabbitmq"),
        ("rdkafka", "kafka"),
        ("async-nats", "nats"),
        ("aws-sdk-s3", "s3"),
        ("rust-s3", None),
        ("elasticsearch", "elasticsearch"),
        ("qdrant-client", "qdrant"),
        ("scylla", "cassandra"),
    ],
)
def test_a_client_crate_shows_the_service(crate: str, service: str | None) -> None:
    toml = f'[package]\nname = "a"\n[dependencies]\n{crate} = "1"\n'
    assert [one.service for one in facts(EXTRACTOR, DependencyFact, {"Cargo.toml": toml})] == (
        [service] if service else []
    )


def test_an_import_of_an_optional_crate_counts() -> None:
    files = {"Cargo.toml": CARGO, "src/main.rs": "use mongodb::Client;\n"}
    assert DependencyFact(service="mongodb", by="mongodb") in facts(EXTRACTOR, DependencyFact, files)


def test_a_module_of_ones_own_is_no_crate() -> None:
    files = {"Cargo.toml": '[package]\nname = "a"\n', "src/main.rs": "mod redis;\nuse redis::Client;\n"}
    assert facts(EXTRACTOR, DependencyFact, files) == []


def test_a_url_shows_the_service() -> None:
    code = 'let url = "postgres://localhost/a";'
    assert [one.service for one in facts(EXTRACTOR, DependencyFact, {"src/main.rs": code})] == ["postgres"]


def test_a_browser_is_heavy_computing() -> None:
    toml = '[package]\nname = "a"\n[dependencies]\nheadless_chrome = "1"\n'
    assert facts(EXTRACTOR, WorkloadFact, {"Cargo.toml": toml}) == [WorkloadFact(workload="compute")]


WORKSPACE = (
    '[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\nsqlx = { version = "1", features = ["mysql"] }\n'
)
API = '[package]\nname = "api"\n[dependencies]\naxum = "0.7"\nsqlx = { workspace = true }\n'
LIBRARY = '[package]\nname = "core"\n[dependencies]\nredis = "1"\n'


def test_a_workspace_with_one_server_is_one_unit_named_after_it() -> None:
    files = {
        "Cargo.toml": WORKSPACE,
        "crates/api/Cargo.toml": API,
        "crates/api/src/main.rs": "fn main() {}",
        "crates/core/Cargo.toml": LIBRARY,
    }
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:."}
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="api")]
    assert {one.service for one in facts(EXTRACTOR, DependencyFact, files)} == {"mysql", "redis"}


def test_several_servers_of_a_workspace_are_units_of_their_own() -> None:
    files = {
        "Cargo.toml": WORKSPACE,
        "a/Cargo.toml": API,
        "a/src/main.rs": "fn main() {}",
        "b/Cargo.toml": API,
        "b/src/main.rs": "fn main() {}",
    }
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:a", "folder:b"}


def test_a_broken_cargo_is_told() -> None:
    (found,) = facts(EXTRACTOR, ProblemFact, {"Cargo.toml": "[package\n"})
    assert found.problem.startswith("Cargo.toml can't be parsed: ")
