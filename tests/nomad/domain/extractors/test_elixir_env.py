"""Environment variables that Elixir code reads."""

import pytest

from muster.nomad.domain.extractors.elixir.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

RAISING = 'secret =\n  System.get_env("XX") ||\n    raise """\n    environment variable XX is missing: "a" # b\n    """'
READS = [
    ("a bare read has no default", 'a = System.get_env("XX")', "required"),
    ("fetch_env! insists", 'a = System.fetch_env!("XX")', "required"),
    ("fetch_env is a look", 'case System.fetch_env("XX") do', "optional"),
    ("a default", 'a = System.get_env("XX", "a")', "=a"),
    ("an alternative", 'a = System.get_env("XX") || "a"', "=a"),
    ("an alternative that raises", RAISING, "required"),
    ("a number", 'a = String.to_integer(System.get_env("XX") || "10")', "=10"),
    ("a number with a default", 'a = String.to_integer(System.get_env("XX", "10"))', "=10"),
    ("a number without a default", 'a = String.to_integer(System.get_env("XX"))', "required"),
    ("a pipe", 'a = System.get_env("XX") |> String.split(",")', "required"),
    ("a pipe with a default", 'a = System.get_env("XX", "a,b") |> String.split(",")', "=a,b"),
    ("joined text", 'a = "x" <> System.get_env("XX") <> "y"', "required"),
    ("a membership", 'a = if System.get_env("XX") in ~w(true 1), do: [:inet6], else: []', "optional"),
    ("a comparison", 'a = System.get_env("XX") == "true"', "optional"),
    ("an if", 'if System.get_env("XX") do\n  config :a, server: true\nend', "optional"),
    ("an if with a variable", 'if x = System.get_env("XX") do\n  x\nend', "optional"),
    ("unless it raises", 'unless System.get_env("XX") do\n  raise "no XX"\nend', "required"),
    ("a later raise", 'a = System.get_env("XX")\nif is_nil(a) do\n  raise "no XX"\nend', "required"),
    ("a later look", 'a = System.get_env("XX")\nif a do\n  b(a)\nend', "optional"),
    ("a tuple", 'config :a, url: {:system, "XX"}', "required"),
    ("a tuple with a default", 'config :a, url: {:system, "XX", "a"}', "=a"),
    ("dotenvy", 'a = env!("XX", :string)', "required"),
    ("dotenvy with a default", 'a = env!("XX", :integer, 5)', "=5"),
    ("a helper", 'a = get_int_from_path_or_env(dir, "XX", 5)', "=5"),
    ("a list", '@required_env ~w(XX YY)\ndef f, do: Enum.each(@required_env, &System.fetch_env!/1)', "required"),
    ("the application's own is none", 'a = Application.get_env(:shop, "XX")', "absent"),
    ("what is set is not read", 'System.put_env("XX", "a")', "absent"),
    ("a comment is no read", '# System.get_env("XX")', "absent"),
    ("documentation is no read", '@moduledoc """\nSet System.get_env("XX")\n"""', "absent"),
    ("a hash sign in text is no comment", 'a = "#{System.get_env("XX")} # b"', "required"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"config/runtime.exs": code}, "XX") == expected


def test_phoenix_secret_is_required_and_secret() -> None:
    code = RAISING.replace("XX", "SECRET_KEY_BASE")
    found = variable(EXTRACTOR, {"config/runtime.exs": code}, "SECRET_KEY_BASE")
    assert found == EnvFact(name="SECRET_KEY_BASE", required=True, secret=True)


@pytest.mark.parametrize(
    "path",
    [
        "config/dev.exs",
        "config/test.exs",
        "test/a.exs",
        "lib/a_test.exs",
        "deps/a/lib/a.ex",
        "priv/repo/migrations/1.exs",
    ],
)
def test_tests_migrations_and_development_do_not_count(path: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {path: 'System.fetch_env!("XX")'}) == []


def test_a_read_keeps_its_place() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"lib/a.ex": '\na = System.get_env("XX")'}) if one.fact.kind == "env"
    )
    assert (found.where, found.unit) == ("lib/a.ex:2", "folder:.")
