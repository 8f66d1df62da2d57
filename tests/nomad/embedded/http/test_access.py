"""ACL mode: what tokens may do, and that it outlives the process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.nomad.embedded.access.permissions import Permissions, glob_matches, merge_rules
from muster.nomad.embedded.access.rules import RulesError, parse_rules
from nomad.embedded.api_replay import Api
from nomad.embedded.jobs import job

WRITER = """
namespace "team-*" { policy = "write" }
namespace "team-secret" { policy = "deny" }
namespace "default" {
  capabilities = ["list-jobs"]
  variables { path "shop/*" { capabilities = ["read", "list"] } }
}
node { policy = "read" }
"""


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path, acl=True) as opened:
        yield opened


def bootstrapped(api: Api) -> dict[str, str]:
    return {"X-Nomad-Token": api.ask("POST", "/v1/acl/bootstrap").json()["SecretID"]}


def token(api: Api, manager: dict[str, str], rules: str) -> dict[str, str]:
    api.ask("PUT", "/v1/acl/policy/own", {"Name": "own", "Rules": rules}, manager)
    made = api.ask("PUT", "/v1/acl/token", {"Name": "t", "Type": "client", "Policies": ["own"]}, manager).json()
    return {"X-Nomad-Token": made["SecretID"]}


def allowed(*texts: str) -> Permissions:
    return Permissions(rules=merge_rules(map(parse_rules, texts)))


def test_the_closest_pattern_counts() -> None:
    found = allowed('namespace "*" { policy = "read" }\nnamespace "team-*" { policy = "write" }')
    assert found.namespace("team-a", "submit-job")
    assert not found.namespace("other", "submit-job")
    assert found.namespace("other", "read-job")


def test_deny_wins_over_what_another_policy_grants() -> None:
    found = allowed('namespace "default" { policy = "write" }', 'namespace "default" { policy = "deny" }')
    assert not found.enters("default")


def test_rules_may_be_json() -> None:
    assert allowed('{"namespace": {"default": {"policy": "read"}}}').namespace("default", "read-job")


@pytest.mark.parametrize("text", ["{" * 5000, "zip", 'namespace "a" {', 'node { policy = "all" }', "[1", '{"node": 3}'])
def test_rules_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(RulesError):
        parse_rules(text)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [("a*", "abc", True), ("*c", "abc", True), ("a*c", "ac", True), ("a*a", "a", False), ("*b*", "abc", True)],
)
def test_a_star_stands_for_any_characters(pattern: str, name: str, fits: bool) -> None:
    assert glob_matches(pattern, name) is fits


def test_a_token_does_what_its_policy_says(api: Api) -> None:
    manager = bootstrapped(api)
    own = token(api, manager, WRITER)
    for name in ("team-a", "team-secret"):
        api.ask("PUT", "/v1/namespace", {"Name": name}, manager)
    answers: dict[str, int] = {
        space: api.ask("PUT", "/v1/jobs", {"Job": {**job(), "Namespace": space}}, own).status_code
        for space in ("team-a", "team-secret", "default")
    }
    assert answers == {"team-a": 200, "team-secret": 403, "default": 403}
    listed = api.ask("GET", "/v1/jobs?namespace=*", None, own).json()
    assert [found["Namespace"] for found in listed] == ["team-a"]


def test_variables_are_guarded_by_their_path(api: Api) -> None:
    manager = bootstrapped(api)
    own = token(api, manager, WRITER)
    for path in ("shop/db", "other"):
        api.ask("PUT", f"/v1/var/{path}", {"Items": {"a": "1"}}, manager)
    assert api.ask("GET", "/v1/var/shop/db", None, own).json()["Items"] == {"a": "1"}
    assert api.ask("GET", "/v1/var/other", None, own).status_code == 403
    assert api.ask("PUT", "/v1/var/shop/db", {"Items": {"a": "2"}}, own).status_code == 403
    assert [found["Path"] for found in api.ask("GET", "/v1/vars", None, own).json()] == ["shop/db"]


def test_tokens_outlive_the_process(tmp_path: Path) -> None:
    with Api(tmp_path, acl=True) as before:
        manager = bootstrapped(before)
    with Api(tmp_path) as after:
        assert after.ask("GET", "/v1/jobs").status_code == 403
        assert after.ask("GET", "/v1/jobs", None, manager).status_code == 200


def test_a_deleted_token_is_none(api: Api) -> None:
    manager = bootstrapped(api)
    own = token(api, manager, WRITER)
    accessor: Any = api.ask("GET", "/v1/acl/token/self", None, own).json()["AccessorID"]
    assert api.ask("DELETE", f"/v1/acl/token/{accessor}", None, manager).status_code == 200
    assert api.ask("GET", "/v1/nodes", None, own).text == "ACL token not found"
