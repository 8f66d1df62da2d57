"""Node's package files: language, name, dependencies, start commands, units."""

import json

import pytest

from muster.nomad.domain.extractors.node.extractor import EXTRACTOR
from muster.nomad.domain.facts import (
    CommandFact,
    DependencyFact,
    FrameworkFact,
    LanguageFact,
    NameFact,
    ProblemFact,
    WorkloadFact,
)
from nomad.domain.extractors.code_snippets import evidence, facts, ports


def package(**fields: object) -> dict[str, str]:
    return {"package.json": json.dumps(fields, indent=2)}


LANGUAGES = [
    ("plain", package(), ("javascript", None, None)),
    ("an engine", package(engines={"node": ">=20"}), ("javascript", ">=20", None)),
    ("a version file", {**package(engines={"node": ">=18"}), ".nvmrc": "v20.11.1\n"}, ("javascript", "20.11.1", None)),
    ("npm's lock", {**package(), "package-lock.json": "{}"}, ("javascript", None, "npm")),
    ("yarn's lock", {**package(), "yarn.lock": ""}, ("javascript", None, "yarn")),
    ("pnpm's lock", {**package(), "pnpm-lock.yaml": ""}, ("javascript", None, "pnpm")),
    ("a named manager", package(packageManager="pnpm@9.1.0"), ("javascript", None, "pnpm")),
    ("typescript as a dependency", package(devDependencies={"typescript": "5"}), ("typescript", None, None)),
    ("typescript by its files", {**package(), "src/a.ts": ""}, ("typescript", None, None)),
]


@pytest.mark.parametrize(
    ("files", "expected"), [pytest.param(files, expected, id=name) for name, files, expected in LANGUAGES]
)
def test_the_language_has_its_version_and_manager(
    files: dict[str, str], expected: tuple[str, str | None, str | None]
) -> None:
    language, version, manager = expected
    found = facts(EXTRACTOR, LanguageFact, files)
    assert found == [LanguageFact(language=language, version=version, package_manager=manager)]


STARTS = [
    ("a start script", package(scripts={"start": "node server.js"}), ("npm", "start")),
    (
        "production goes first",
        package(scripts={"start": "nest start", "start:prod": "node dist/main"}),
        ("npm", "run", "start:prod"),
    ),
    ("by its manager", {**package(scripts={"start": "node a.js"}), "yarn.lock": ""}, ("yarn", "start")),
    (
        "a workspace uses the root's manager",
        {"pnpm-lock.yaml": "", **package(scripts={"start": "node a.js"})},
        ("pnpm", "start"),
    ),
    ("the main file", {**package(main="./lib/a.js"), "lib/a.js": ""}, ("node", "lib/a.js")),
    ("the usual file", {**package(), "server.js": ""}, ("node", "server.js")),
]


@pytest.mark.parametrize(
    ("files", "command"), [pytest.param(files, command, id=name) for name, files, command in STARTS]
)
def test_the_start_is_found(files: dict[str, str], command: tuple[str, ...]) -> None:
    assert facts(EXTRACTOR, CommandFact, files) == [CommandFact(command=command)]


def test_a_package_without_a_start_has_none() -> None:
    assert facts(EXTRACTOR, CommandFact, package(scripts={"test": "jest"}, main="missing.js")) == []


def test_the_reason_shows_the_script() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, package(scripts={"start": "node a.js"})) if one.fact.kind == "command"
    )
    assert (found.where, found.reason) == ("package.json:3", "scripts.start: node a.js")


def test_a_developers_start_is_less_sure() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, package(scripts={"start": "nodemon a.js"})) if one.fact.kind == "command"
    )
    assert found.confidence < 0.5


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("next start -p 4000", [(4000, None)]),
        ("next start --port=4001", [(4001, None)]),
        ("next start -p ${PORT:-4002}", [(4002, "PORT")]),
        ("next start -p $PORT", [(3000, "PORT")]),
        ("PORT=4003 node server.js", [(4003, "PORT")]),
        ("serve -s build -l 5000", [(5000, None)]),
        ("serve -s build", [(3000, None)]),
        ("http-server dist", [(8080, None)]),
        ("vite preview --host", [(4173, None)]),
        ("next start", []),
        ("vue-cli-service serve", []),
        ("npx serve dist", [(3000, None)]),
        ("node server.js", []),
        ("react-scripts start", []),
        ("vite", []),
    ],
)
def test_a_start_script_may_name_the_port(script: str, expected: list[tuple[int, str | None]]) -> None:
    assert ports(EXTRACTOR, package(scripts={"start": script})) == expected


SERVICES = [
    ("pg", "postgres"),
    ("mysql2", "mysql"),
    ("ioredis", "redis"),
    ("mongoose", "mongodb"),
    ("amqplib", "rabbitmq"),
    ("kafkajs", "kafka"),
    ("nats", "nats"),
    ("mqtt", "mqtt"),
    ("@aws-sdk/client-s3", "s3"),
    ("@elastic/elasticsearch", "elasticsearch"),
    ("@qdrant/js-client-rest", "qdrant"),
    ("memjs", "memcached"),
]


@pytest.mark.parametrize(("library", "service"), SERVICES)
def test_a_client_library_shows_the_service(library: str, service: str) -> None:
    listed = evidence(EXTRACTOR, package(dependencies={library: "1"}))
    assert [(one.fact, one.confidence) for one in listed if one.fact.kind == "dependency"] == [
        (DependencyFact(service=service, by=library), 0.6)
    ]
    imported = evidence(EXTRACTOR, {"a.js": f"const x = require('{library}');"})
    assert [one.confidence for one in imported if one.fact.kind == "dependency"] == [0.8]


def test_what_developers_install_does_not_count() -> None:
    assert facts(EXTRACTOR, DependencyFact, package(devDependencies={"pg": "1"})) == []


def test_a_type_only_import_does_not_count() -> None:
    assert facts(EXTRACTOR, FrameworkFact, {"a.ts": "import type { Request } from 'express';"}) == []


def test_a_url_shows_the_service() -> None:
    code = "const u = process.env.REDIS_URL || 'redis://localhost:6379';"
    assert [fact.service for fact in facts(EXTRACTOR, DependencyFact, {"a.js": code})] == ["redis"]


@pytest.mark.parametrize("library", ["puppeteer", "@tensorflow/tfjs-node", "fluent-ffmpeg"])
def test_heavy_computing_shows(library: str) -> None:
    found = facts(EXTRACTOR, WorkloadFact, package(dependencies={library: "1"}))
    assert found == [WorkloadFact(workload="compute")]


def test_the_name_loses_its_scope() -> None:
    assert facts(EXTRACTOR, NameFact, package(name="@acme/shop")) == [NameFact(name="shop")]


def test_each_package_makes_a_unit() -> None:
    files = {
        "package.json": "{}",
        "packages/api/package.json": '{"dependencies": {"express": "4"}}',
        "packages/api/src/a.js": "app.listen(4000);",
    }
    units = {one.unit for one in evidence(EXTRACTOR, files) if one.fact.kind in {"port", "framework"}}
    assert units == {"folder:packages/api"}


@pytest.mark.parametrize("text", ["{", "[]", '{"dependencies": []}', '{"scripts": {"start": 1}}', "[" * 5000, "null"])
def test_a_broken_package_file_says_so_or_nothing(text: str) -> None:
    found = evidence(EXTRACTOR, {"package.json": text, "server.js": "app.listen(3000);"})
    assert any(one.fact.kind == "port" for one in found)


def test_a_package_file_that_does_not_parse_is_a_problem() -> None:
    (found,) = facts(EXTRACTOR, ProblemFact, {"package.json": "{"})
    assert found.problem.startswith("package.json can't be parsed")


def test_lock_files_alone_say_nothing() -> None:
    assert evidence(EXTRACTOR, {"yarn.lock": "x"}) == ()
