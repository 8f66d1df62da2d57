"""Conventions as text: every problem is told at its place."""

import pytest

from muster.nomad.domain.estate.convention_texts import ConventionProblem, read_conventions, render_conventions
from muster.nomad.domain.estate.conventions import Conventions, FabioConventions, VaultConventions

SAID = Conventions(
    vault=VaultConventions(
        path_patterns=("secret/data/{app}/config",),
        env_var_mappings={"AWS_ACCESS_KEY_ID": "secret/data/aws/{app}#access_key"},
    ),
    fabio=FabioConventions(default_port=9999, hostname_suffix=".example.com", reserved_hostnames=("www",)),
)
AS_JSON = """{
\t"vault": {"path_patterns": ["secret/data/{app}/config"],
\t\t"env_var_mappings": {"AWS_ACCESS_KEY_ID": "secret/data/aws/{app}#access_key"}},
\t"fabio": {"default_port": 9999, "hostname_suffix": ".example.com", "reserved_hostnames": ["www"]}
}"""


def problems(text: str) -> list[str]:
    found = read_conventions(text)
    assert isinstance(found, tuple)
    return [str(one) for one in found]


def test_yaml_that_was_written_reads_the_same():
    assert read_conventions(render_conventions(SAID)) == SAID


def test_json_with_tabs_is_read():
    assert read_conventions(AS_JSON) == SAID


def test_a_table_of_yaml_may_begin_with_a_brace():
    assert read_conventions("{fabio: {default_port: 9999}}") == Conventions(fabio=FabioConventions(default_port=9999))


def test_what_is_not_said_is_not_written():
    assert (
        render_conventions(Conventions(fabio=FabioConventions(default_port=9999))) == "fabio:\n  default_port: 9999\n"
    )


def test_every_problem_is_told_at_once():
    text = 'vault: {path_patterns: ["a/{pod}", 7]}\nfabio: {default_port: 99999, hosts: 1}\nvaults: {}\n'
    places = [one.partition(":")[0] for one in problems(text)]
    assert sorted(places) == [
        "fabio.default_port",
        "fabio.hosts",
        "vault.path_patterns[0]",
        "vault.path_patterns[1]",
        "vaults",
    ]


@pytest.mark.parametrize("path", ["a/{app}", "a/{env}/{service}"])
def test_known_placeholders_are_taken(path: str):
    assert isinstance(read_conventions(f'vault: {{path_patterns: ["{path}"]}}'), Conventions)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("a/{pod}", "{pod} is no placeholder; there are {app}, {env}, {service}"),
        ("a/{}", "{} is no placeholder"),
        ("a/{app", "a brace has no other one"),
        ("/a/b", "no path of Vault"),
        ("a", "no path of Vault"),
        ("a/b#key", "a path has no key"),
    ],
)
def test_a_wrong_pattern_says_why(pattern: str, words: str):
    (said,) = problems(f'vault: {{path_patterns: ["{pattern}"]}}')
    assert said.startswith("vault.path_patterns[0]: ")
    assert words in said


@pytest.mark.parametrize("place", ["secret/data/x", "secret/data/x#"])
def test_a_mapping_needs_a_key(place: str):
    (said,) = problems(f'vault: {{env_var_mappings: {{A: "{place}"}}}}')
    assert "the key is missing" in said


def test_a_mapping_is_for_a_variable():
    (said,) = problems('vault: {env_var_mappings: {"A-B": "a/b#c"}}')
    assert "no name of an environment variable" in said


@pytest.mark.parametrize("text", ["", "7", "[]", "a: [", "{", "a: &a [*a"])
def test_what_is_no_table_is_one_problem(text: str):
    assert len(problems(text)) == 1


def test_a_problem_of_the_whole_has_no_place():
    assert str(ConventionProblem(where="", problem="it is empty")) == "it is empty"
