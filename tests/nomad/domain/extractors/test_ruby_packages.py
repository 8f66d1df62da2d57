"""Gemfiles, gemspecs, versions of Ruby, client libraries, start commands, units."""

import pytest

from muster.nomad.domain.extractors.ruby.extractor import EXTRACTOR
from muster.nomad.domain.facts import CommandFact, DependencyFact, LanguageFact, NameFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".ruby-version": "ruby-3.3.1\n"}, "3.3.1"),
        ({".tool-versions": "nodejs 20\nruby 3.2.2\n"}, "3.2.2"),
        ({"Gemfile": 'ruby "3.1.0"'}, "3.1.0"),
        ({"Gemfile": 'ruby "~> 3.2"'}, "3.2"),
        ({"Gemfile.lock": "GEM\n\nRUBY VERSION\n   ruby 3.0.6p216\n"}, "3.0.6"),
        ({}, None),
    ],
)
def test_the_version_of_ruby(files: dict[str, str], version: str | None) -> None:
    assert facts(EXTRACTOR, LanguageFact, {"Gemfile": "gem 'a'", **files}) == [
        LanguageFact(language="ruby", version=version, package_manager="bundler")
    ]


def test_a_gemspec_has_the_name() -> None:
    spec = 'Gem::Specification.new do |s|\n  s.name = "shop"\n  s.add_dependency "redis", "~> 5"\n  s.add_development_dependency "pg"\nend'
    assert facts(EXTRACTOR, NameFact, {"shop.gemspec": spec}) == [NameFact(name="shop")]
    assert [fact.service for fact in facts(EXTRACTOR, DependencyFact, {"shop.gemspec": spec})] == ["redis"]


@pytest.mark.parametrize(
    ("gem", "service"),
    [
        ("pg", "postgres"), ("mysql2", "mysql"), ("redis", "redis"), ("mongoid", "mongodb"), ("bunny", "rabbitmq"),
        ("ruby-kafka", "kafka"), ("racecar", "kafka"), ("aws-sdk-s3", "s3"), ("elasticsearch", "elasticsearch"),
        ("dalli", "memcached"), ("sidekiq", "redis"),
    ],
)  # fmt: skip
def test_a_gem_shows_the_service(gem: str, service: str) -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"Gemfile": f"\ngem '{gem}', '~> 1'"}) if one.fact.kind == "dependency"
    )
    assert (found.fact, found.where) == (DependencyFact(service=service, by=gem), "Gemfile:2")


@pytest.mark.parametrize(
    "gemfile",
    [
        "group :development, :test do\n  gem 'pg'\nend",
        "group :test do\n  if a\n    b\n  end\n  gem 'pg'\nend",
        "gem 'pg', group: :test",
        "gem 'pg', groups: [:development, :test]",
        "# gem 'pg'",
    ],
)
def test_gems_for_development_do_not_count(gemfile: str) -> None:
    assert facts(EXTRACTOR, DependencyFact, {"Gemfile": gemfile}) == []


def test_a_gem_behind_a_group_counts() -> None:
    gemfile = "group :test do\n  gem 'mysql2'\nend\ngem 'pg'\ngroup :production do\n  gem 'redis'\nend\n"
    assert {fact.service for fact in facts(EXTRACTOR, DependencyFact, {"Gemfile": gemfile})} == {"postgres", "redis"}


def test_a_required_library_shows_the_service() -> None:
    assert facts(EXTRACTOR, DependencyFact, {"a.rb": "require 'redis'"}) == [
        DependencyFact(service="redis", by="redis")
    ]


def test_the_adapter_of_the_database_shows_the_service() -> None:
    files = {"Gemfile": "", "config/database.yml": "production:\n  adapter: postgresql\n"}
    assert facts(EXTRACTOR, DependencyFact, files) == [DependencyFact(service="postgres", by="postgresql")]


def test_a_worker_is_a_sign_of_a_queue() -> None:
    assert WorkloadFact(workload="worker") in facts(EXTRACTOR, WorkloadFact, {"Gemfile": "gem 'sidekiq'"})


@pytest.mark.parametrize(
    ("files", "command"),
    [
        (
            {"Gemfile": "gem 'rails'", "config/application.rb": ""},
            ("bundle", "exec", "rails", "server", "-b", "0.0.0.0"),
        ),
        ({"Gemfile": "gem 'puma'", "config.ru": ""}, ("bundle", "exec", "puma")),
        ({"Gemfile": "gem 'rackup'", "config.ru": ""}, ("bundle", "exec", "rackup", "--host", "0.0.0.0")),
        ({"Gemfile": "", "bot.rb": ""}, ("ruby", "bot.rb")),
    ],
)
def test_how_it_is_started(files: dict[str, str], command: tuple[str, ...]) -> None:
    assert facts(EXTRACTOR, CommandFact, files) == [CommandFact(command=command)]


def test_each_gemfile_makes_a_unit() -> None:
    files = {"Gemfile": "", "svc/Gemfile": "", "svc/lib/a.rb": "require 'redis'"}
    assert {one.unit for one in evidence(EXTRACTOR, files) if one.fact.kind == "dependency"} == {"folder:svc"}


def test_gems_alone_are_no_ruby() -> None:
    assert (
        evidence(
            EXTRACTOR, {"config/database.yml": "production:\n  adapter: postgresql\n", ".tool-versions": "ruby 3.1.1"}
        )
        == ()
    )
