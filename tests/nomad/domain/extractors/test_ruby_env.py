"""Environment variables that Ruby code reads."""

import pytest

from muster.nomad.domain.extractors.ruby.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

READS = [
    ("a bare read has no default", 'key = ENV["XX"]', "required"),
    ("fetch insists", 'key = ENV.fetch("XX")', "required"),
    ("fetch with a default", 'key = ENV.fetch("XX", "a")', "=a"),
    ("fetch without brackets", 'key = ENV.fetch "XX", 5', "=5"),
    ("fetch with nothing as default", 'key = ENV.fetch("XX", nil)', "optional"),
    ("fetch with a block", 'key = ENV.fetch("XX") { 5 }', "=5"),
    ("fetch with a block and its name", 'key = ENV.fetch("XX") { |name| "a" }', "=a"),
    ("fetch with a long block", 'key = ENV.fetch("XX") do\n  "a"\nend', "=a"),
    ("fetch with a block that raises", 'key = ENV.fetch("XX") { raise "no XX" }', "required"),
    ("fetch with a computed default", 'key = ENV.fetch("XX") { if a then 1 else 2 end }', "optional"),
    ("an alternative", 'key = ENV["XX"] || "a"', "=a"),
    ("an alternative of a presence", "key = ENV['XX'].presence || 'a'", "=a"),
    ("an alternative behind brackets", 'key = (ENV["XX"] || "a").split', "=a"),
    ("an alternative that raises", 'key = ENV["XX"] || raise("no XX")', "required"),
    ("or abort", 'key = ENV["XX"] or abort "no XX"', "required"),
    ("set when absent", 'ENV["XX"] ||= "a"', "=a"),
    ("what is set is not read", 'ENV["XX"] = "a"', "absent"),
    ("what is set has a default", 'ENV["XX"] = "a"\nfoo ENV["XX"]', "optional"),
    ("a comparison is a look", 'debug = ENV["XX"] == "true"', "optional"),
    ("a look at the end", 'plugin :x if ENV["XX"]', "optional"),
    ("present", 'a = ENV["XX"].present?', "optional"),
    ("a safe call", 'a = ENV["XX"]&.split(",")', "optional"),
    ("a call on it", 'a = ENV["XX"].split(",")', "required"),
    ("to a number", 'a = ENV["XX"].to_i', "optional"),
    ("a choice", 'a = ENV["XX"] ? 1 : 2', "optional"),
    ("asked for its key", 'a = 1 if ENV.key?("XX")', "optional"),
    ("raise unless", 'raise "no XX" unless ENV["XX"]', "required"),
    ("abort in a block", 'unless ENV["XX"]\n  abort "no XX"\nend', "required"),
    ("raise if nil", 'raise "no XX" if ENV["XX"].nil? || ENV["XX"].empty?', "required"),
    ("something else unless", 'a = 1 unless ENV["XX"]\nraise "b" if c', "optional"),
    ("a later raise", 'key = ENV["XX"]\nraise "no XX" unless key', "required"),
    ("a later default", 'key = ENV["XX"]\nkey ||= "a"', "=a"),
    ("a later look", 'dsn = ENV["XX"]\nif dsn\n  Sentry.init\nend', "optional"),
    ("within text", 'url = "redis://#{ENV["XX"]}:6379"', "required"),
    ("a list that is fetched", '%w[XX YY].each { |name| ENV.fetch(name) }', "required"),
    ("a constant list", 'REQUIRED_ENV = %w[XX YY].freeze\nREQUIRED_ENV.each { |n| raise n unless ENV[n] }', "required"),
    ("dotenv's list", 'Dotenv.require_keys("XX", "YY")', "required"),
    ("a comment is no read", '# ENV["XX"]\nfoo # ENV["XX"]\n=begin\nENV["XX"]\n=end', "absent"),
    ("a hash sign in text is no comment", 'a = "# #{ENV["XX"]}"', "required"),
    ("behind the end nothing counts", 'a\n__END__\nENV["XX"]', "absent"),
    ("another object is none", 'my.ENV["XX"]', "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"app.rb": code}, "XX") == expected


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("production:\n  host: <%= ENV.fetch('XX', 'db') %>\n", "=db"),
        ("production:\n  host: <%= ENV['XX'] || 'db' %>\n", "=db"),
        ("production:\n  host: <%= ENV['XX'] %>\n", "required"),
        ("default: &default\n  host: <%= ENV['XX'] %>\n", "required"),
        ("test:\n  host: <%= ENV['XX'] %>\nproduction:\n  a: 1\n", "absent"),
        ("development:\n  host: <%= ENV['XX'] %>\n", "absent"),
        ("production:\n  # host: <%= ENV['XX'] %>\n", "absent"),
    ],
)
def test_rails_yaml_reads_variables_outside_development(yaml: str, expected: str) -> None:
    assert need(EXTRACTOR, {"Gemfile": 'gem "pg"', "config/database.yml": yaml}, "XX") == expected


def test_hanamis_settings_are_variables() -> None:
    code = (
        "class Settings < Hanami::Settings\n  setting :database_url, constructor: X\n  setting :pool, default: 5\nend"
    )
    files = {"config/settings.rb": code}
    assert (need(EXTRACTOR, files, "DATABASE_URL"), need(EXTRACTOR, files, "POOL")) == ("required", "=5")


def test_a_secrets_default_is_not_kept() -> None:
    found = variable(EXTRACTOR, {"a.rb": 'ENV.fetch("DB_PASSWORD", "hunter2")'}, "DB_PASSWORD")
    assert found == EnvFact(name="DB_PASSWORD", secret=True)


@pytest.mark.parametrize(
    "path",
    ["spec/a_spec.rb", "test/a.rb", "db/migrate/1_a.rb", "config/environments/test.rb", "vendor/a.rb", "a_spec.rb"],
)
def test_tests_migrations_and_development_do_not_count(path: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {path: 'ENV.fetch("XX")'}) == []


def test_what_an_example_reads_is_not_needed() -> None:
    assert need(EXTRACTOR, {"examples/a.rb": 'ENV.fetch("XX")'}, "XX") == "optional"


def test_a_read_keeps_its_place() -> None:
    (found,) = evidence(EXTRACTOR, {"lib/a.rb": '\n\nkey = ENV["XX"]\n'})[1:]
    assert (found.where, found.unit) == ("lib/a.rb:3", "folder:.")


RAILS = {"Gemfile": 'gem "rails"\ngem "pg"\n', "config/application.rb": "", "config/environments/production.rb": ""}


def test_rails_with_credentials_needs_its_master_key() -> None:
    files = {**RAILS, "config/credentials.yml.enc": "x"}
    assert variable(EXTRACTOR, files, "RAILS_MASTER_KEY") == EnvFact(
        name="RAILS_MASTER_KEY", required=True, secret=True
    )


def test_rails_without_credentials_needs_a_secret_key() -> None:
    assert need(EXTRACTOR, RAILS, "SECRET_KEY_BASE") == "required"
    assert variable(EXTRACTOR, RAILS, "RAILS_MASTER_KEY") is None


def test_a_gem_that_lists_rails_needs_no_secret() -> None:
    assert variable(EXTRACTOR, {"Gemfile": 'gem "rails"'}, "SECRET_KEY_BASE") is None


def test_rails_own_variables_are_said_once() -> None:
    files = {**RAILS, "config/puma.rb": 'environment ENV.fetch("RAILS_ENV") { "development" }'}
    assert need(EXTRACTOR, files, "RAILS_ENV") == "=development"
