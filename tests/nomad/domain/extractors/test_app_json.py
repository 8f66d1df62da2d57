import json

import pytest

from muster.nomad.domain.extractors.app_json import EXTRACTOR
from muster.nomad.domain.facts import DependencyFact, EnvFact, NameFact, ReplicasFact, ResourcesFact
from nomad.domain.extractors.said import of, say, troubles

FILE = {
    "name": "shop",
    "env": {
        "SECRET_KEY": {"generator": "secret"},
        "WEB_CONCURRENCY": {"value": "5"},
        "REGION": {"description": "where"},
        "DEBUG": {"required": False},
        "MODE": "live",
        "API_TOKEN": "hush",
    },
    "formation": {"web": {"quantity": 2, "size": "standard-2x"}, "worker": {"quantity": 1}},
    "addons": ["heroku-postgresql:mini", {"plan": "heroku-redis"}, "papertrail"],
    "scripts": {"postdeploy": "bin/seed"},
    "stack": "heroku-24",
}


def read(data: object, path: str = "app.json"):
    return say(EXTRACTOR, {path: json.dumps(data, indent=1)})


def variable(name: str) -> EnvFact:
    return next(one for one in of(read(FILE), EnvFact) if one.name == name)


def test_it_speaks_of_its_folder_at_the_line_of_the_key() -> None:
    (name,) = [one for one in read(FILE, "api/app.json") if isinstance(one.fact, NameFact)]
    assert (name.unit, name.where, name.fact) == ("folder:api", "api/app.json:2", NameFact(name="shop"))


def test_a_title_is_no_name() -> None:
    assert of(read({"name": "Getting Started: Python", "env": {}}), NameFact) == []


def test_a_variable_without_a_value_is_required_unless_it_says_otherwise() -> None:
    assert variable("REGION") == EnvFact(name="REGION", required=True)
    assert variable("DEBUG") == EnvFact(name="DEBUG")


def test_a_variable_has_its_value() -> None:
    assert variable("WEB_CONCURRENCY").value == "5"
    assert variable("MODE").value == "live"


def test_what_heroku_would_generate_is_a_secret() -> None:
    assert variable("SECRET_KEY").secret
    assert "hush" not in str(read(FILE))


def test_formation_says_how_many_and_how_large() -> None:
    evidence = read(FILE)
    assert of(evidence, ReplicasFact, "folder:.") == [ReplicasFact(count=2)]
    assert of(evidence, ResourcesFact, "folder:.") == [ResourcesFact(memory_mb=1024)]
    assert of(evidence, ReplicasFact, "process:worker") == [ReplicasFact(count=1)]


def test_add_ons_are_dependencies_and_unknown_ones_are_told() -> None:
    evidence = read(FILE)
    assert [one.service for one in of(evidence, DependencyFact)] == ["postgres", "redis"]
    assert any("papertrail" in one for one in troubles(evidence))


def test_what_runs_after_the_first_deploy_is_told() -> None:
    assert any("bin/seed" in one for one in troubles(read(FILE)))


@pytest.mark.parametrize(
    "data",
    [
        {"expo": {"name": "x", "env": {}}},
        {"name": "x", "displayName": "X", "env": {"A": "1"}},
        {"healthchecks": {"web": []}, "formation": {"web": {"quantity": 1}}},
        {"name": "x"},
        [],
        1,
    ],
)
def test_other_formats_of_that_name_are_left_alone(data: object) -> None:
    assert read(data) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        '{"env": [], "formation": 1, "addons": {"a": 1}, "scripts": []}',
        '{"env": {"": 1, "A": [], "B": null}, "formation": {"web": 1}, "addons": [1, null, {}, {"plan": []}]}',
        '{"stack": 1, "formation": {"web": {"quantity": 99999999999999999999999}}}',
    ],
)
def test_hostile_files_raise_nothing(text: str) -> None:
    assert isinstance(say(EXTRACTOR, {"app.json": text}), tuple)
