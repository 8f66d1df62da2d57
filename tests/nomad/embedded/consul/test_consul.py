"""What the recordings of Consul do not show: deleting below a prefix, rules that meet, services by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.nomad.embedded.access.rules_text import read_tables
from muster.nomad.embedded.bootstrap import consul_management_token
from muster.nomad.embedded.consul.access import Rights
from nomad.embedded.api_replay import Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path) as found:
        yield found


def test_a_prefix_is_deleted_with_all_below_it(api: Api) -> None:
    for key in ("app/a", "app/b", "other"):
        api.ask("PUT", f"/v1/kv/{key}", "1", service="consul")
    api.ask("DELETE", "/v1/kv/app/?recurse", service="consul")
    assert api.ask("GET", "/v1/kv/?keys", service="consul").json() == ["other"]


def test_writing_the_same_value_leaves_the_index_of_the_key(api: Api) -> None:
    api.ask("PUT", "/v1/kv/a", "1", service="consul")
    (before,) = api.ask("GET", "/v1/kv/a", service="consul").json()
    api.ask("PUT", "/v1/kv/a", "1", service="consul")
    assert api.ask("GET", "/v1/kv/a", service="consul").json() == [before]


def test_a_service_that_a_request_registered_goes_when_a_request_says_so(api: Api) -> None:
    api.ask("PUT", "/v1/agent/service/register", {"Name": "db", "Port": 5432}, service="consul")
    (found,) = api.ask("GET", "/v1/catalog/service/db", service="consul").json()
    assert found["ServicePort"] == 5432
    api.ask("PUT", "/v1/agent/service/deregister/db", service="consul")
    assert api.ask("GET", "/v1/catalog/service/db", service="consul").json() == []


def test_a_machine_that_dies_is_critical_and_no_instance_on_it_passes(api: Api) -> None:
    api.ask("PUT", "/v1/agent/service/register", {"Name": "db", "Port": 5432}, service="consul")
    api.ask("PUT", "/embedded/node/lab1/kill")
    assert api.ask("GET", "/v1/health/service/db?passing", service="consul").json() == []
    states = api.ask("GET", "/v1/health/node/lab1", service="consul").json()
    assert {row["Status"] for row in states if row["CheckID"] == "serfHealth"} == {"critical"}


def test_the_first_token_of_acl_mode_may_do_everything(tmp_path: Path) -> None:
    with Api(tmp_path, acl=True) as api:
        headers = {"X-Consul-Token": consul_management_token(api.host)}
        assert api.ask("PUT", "/v1/kv/a", "1", headers, service="consul").json() is True
        assert api.ask("PUT", "/v1/kv/a", "1", service="consul").status_code == 403


@pytest.mark.parametrize(
    ("key", "reads", "writes"), [("app/a", True, False), ("app/own/a", True, True), ("app/hidden", False, False)]
)
def test_the_most_exact_rule_counts(key: str, reads: bool, writes: bool) -> None:
    rules = """
        key_prefix "app/" { policy = "read" }
        key_prefix "app/own/" { policy = "write" }
        key "app/hidden" { policy = "deny" }
    """
    rights = Rights(rules=(read_tables(rules),))
    assert (rights.reads("key", key), rights.writes("key", key)) == (reads, writes)
