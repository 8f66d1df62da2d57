"""go.mod: language, name, required modules, units."""

import pytest

from muster.nomad.domain.extractors.go.extractor import EXTRACTOR
from muster.nomad.domain.facts import CommandFact, DependencyFact, LanguageFact, NameFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts

MOD = "module github.com/acme/shop/v2\n\ngo 1.22.1\n\nrequire (\n\tgithub.com/lib/pq v1.10.0\n\tgithub.com/redis/go-redis/v9 v9.0.0 // indirect\n)\n"


def test_go_mod_has_the_version_and_its_place() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"go.mod": MOD}) if one.fact.kind == "language")
    assert (found.fact, found.where) == (
        LanguageFact(language="go", version="1.22.1", package_manager="go"),
        "go.mod:3",
    )


def test_the_name_is_the_last_part_that_is_no_version() -> None:
    assert facts(EXTRACTOR, NameFact, {"go.mod": MOD}) == [NameFact(name="shop")]


def test_what_only_others_need_does_not_count() -> None:
    assert facts(EXTRACTOR, DependencyFact, {"go.mod": MOD}) == [
        DependencyFact(service="postgres", by="github.com/lib/pq")
    ]


@pytest.mark.parametrize(
    ("module", "service"),
    [
        ("github.com/jackc/pgx/v5/pgxpool", "postgres"),
        ("gorm.io/driver/mysql", "mysql"),
        ("github.com/redis/go-redis/v9", "redis"),
        ("go.mongodb.org/mongo-driver/mongo", "mongodb"),
        ("github.com/rabbitmq/amqp091-go", "rabbitmq"),
        ("github.com/segmentio/kafka-go", "kafka"),
        ("github.com/nats-io/nats.go", "nats"),
        ("github.com/minio/minio-go/v7", "s3"),
        ("github.com/elastic/go-elasticsearch/v8", "elasticsearch"),
        ("github.com/qdrant/go-client/qdrant", "qdrant"),
        ("github.com/bradfitz/gomemcache/memcache", "memcached"),
        ("github.com/hashicorp/consul/api", "consul"),
    ],
)
def test_an_imported_client_shows_the_service(module: str, service: str) -> None:
    code = f'package a\n\nimport (\n\t"fmt"\n\t_ "{module}"\n)\n'
    (found,) = (one for one in evidence(EXTRACTOR, {"a.go": code}) if isinstance(one.fact, DependencyFact))
    assert (found.fact.service if isinstance(found.fact, DependencyFact) else "", found.where) == (service, "a.go:5")


def test_a_url_shows_the_service() -> None:
    assert [fact.service for fact in facts(EXTRACTOR, DependencyFact, {"a.go": 'd := "postgres://db/x"'})] == [
        "postgres"
    ]


def test_a_headless_browser_is_heavy_computing() -> None:
    code = 'import "github.com/chromedp/chromedp"'
    assert facts(EXTRACTOR, WorkloadFact, {"a.go": code}) == [WorkloadFact(workload="compute")]


def test_a_compiled_program_has_no_start_command() -> None:
    assert facts(EXTRACTOR, CommandFact, {"go.mod": MOD, "main.go": "package main\nfunc main() {}"}) == []


def test_each_module_makes_a_unit() -> None:
    files = {
        "go.mod": MOD,
        "tool/go.mod": "module x\n",
        "svc/go.mod": "module y\n",
        "svc/cmd/a/main.go": 'f("redis://x")',
    }
    units = {
        one.unit
        for one in evidence(EXTRACTOR, files)
        if isinstance(one.fact, DependencyFact) and one.fact.service == "redis"
    }
    assert units == {"folder:svc"}
