"""What the recordings of Vault do not show: the plain engine, names without values, rules of a secret, tokens' ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from muster.nomad.embedded.bootstrap import vault_root_token
from nomad.embedded.api_replay import SECOND, Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path, "vault") as found:
        yield found


def ask(api: Api, method: str, path: str, body: Any = None, token: str = "") -> httpx.Response:
    headers = {"X-Vault-Token": token or vault_root_token(api.host)}
    return api.ask(method, f"/v1/{path}", body, headers, service="vault")


def test_the_plain_engine_has_the_fields_right_below_data(api: Api) -> None:
    assert ask(api, "PUT", "kv1/app", {"user": "bob"}).status_code == 204
    assert ask(api, "GET", "kv1/app").json()["data"] == {"user": "bob"}
    assert ask(api, "LIST", "kv1/").json()["data"] == {"keys": ["app"]}


def test_the_plain_engine_forgets(api: Api) -> None:
    ask(api, "PUT", "kv1/app", {"user": "bob"})
    assert ask(api, "DELETE", "kv1/app").status_code == 204
    assert ask(api, "GET", "kv1/app").status_code == 404


def test_subkeys_are_names_without_values(api: Api) -> None:
    ask(api, "POST", "secret/data/web", {"data": {"user": "bob", "db": {"password": "x"}}})
    assert ask(api, "GET", "secret/subkeys/web").json()["data"]["subkeys"] == {"user": None, "db": {"password": None}}


def test_a_version_that_was_deleted_can_be_had_again(api: Api) -> None:
    ask(api, "POST", "secret/data/web", {"data": {"a": "1"}})
    ask(api, "POST", "secret/delete/web", {"versions": [1]})
    assert ask(api, "GET", "secret/data/web").status_code == 404
    ask(api, "POST", "secret/undelete/web", {"versions": [1]})
    assert ask(api, "GET", "secret/data/web").json()["data"]["data"] == {"a": "1"}


def test_a_secret_may_ask_for_check_and_set(api: Api) -> None:
    ask(api, "POST", "secret/metadata/web", {"cas_required": True})
    assert ask(api, "POST", "secret/data/web", {"data": {"a": "1"}}).json() == {
        "errors": ["check-and-set parameter required for this call"]
    }
    assert ask(api, "POST", "secret/data/web", {"options": {"cas": 0}, "data": {"a": "1"}}).status_code == 200


def test_only_so_many_versions_are_kept(api: Api) -> None:
    ask(api, "POST", "secret/metadata/web", {"max_versions": 2})
    for number in range(3):
        ask(api, "POST", "secret/data/web", {"data": {"a": str(number)}})
    found = ask(api, "GET", "secret/metadata/web").json()["data"]
    assert (list(found["versions"]), found["oldest_version"]) == (["2", "3"], 2)


def test_a_token_ends_after_its_time(api: Api) -> None:
    token = ask(api, "POST", "auth/token/create", {"ttl": "60s"}).json()["auth"]["client_token"]
    assert ask(api, "GET", "auth/token/lookup-self", token=token).json()["data"]["ttl"] == 60
    api.host.advance_to(api.host.now_ns + 61 * SECOND)
    assert ask(api, "GET", "auth/token/lookup-self", token=token).status_code == 403


def test_a_vault_that_was_sealed_is_unsealed_with_any_key(api: Api) -> None:
    ask(api, "POST", "secret/data/web", {"data": {"a": "1"}})
    ask(api, "PUT", "sys/seal")
    assert ask(api, "GET", "secret/data/web").status_code == 503
    assert ask(api, "PUT", "sys/unseal", {"key": "x"}).json()["sealed"] is False
    assert ask(api, "GET", "secret/data/web").status_code == 200


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        ("secret/data/*", "secret/data/a/b", True),
        ("secret/data/+", "secret/data/a", True),
        ("secret/data/+", "secret/data/a/b", False),
        ("secret/data/+/db", "secret/data/a/db", True),
        ("secret/data/a", "secret/data/ab", False),
    ],
)
def test_a_policy_names_paths_with_wildcards(api: Api, pattern: str, path: str, allowed: bool) -> None:
    ask(api, "PUT", "sys/policies/acl/p", {"policy": f'path "{pattern}" {{ capabilities = ["read"] }}'})
    token = ask(api, "POST", "auth/token/create", {"policies": ["p"]}).json()["auth"]["client_token"]
    found = ask(api, "POST", "sys/capabilities-self", {"paths": [path]}, token).json()["data"][path]
    assert found == (["read"] if allowed else ["deny"])


def test_a_denial_beats_what_another_policy_allows(api: Api) -> None:
    ask(api, "PUT", "sys/policies/acl/yes", {"policy": 'path "secret/*" { capabilities = ["read"] }'})
    ask(api, "PUT", "sys/policies/acl/no", {"policy": 'path "secret/*" { capabilities = ["deny"] }'})
    token = ask(api, "POST", "auth/token/create", {"policies": ["yes", "no"]}).json()["auth"]["client_token"]
    assert ask(api, "GET", "secret/data/web", token=token).status_code == 403


def test_a_policy_that_is_no_hcl_is_refused(api: Api) -> None:
    assert ask(api, "PUT", "sys/policies/acl/p", {"policy": "path {"}).status_code == 400
