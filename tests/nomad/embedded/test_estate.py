"""Consul, Vault and Fabio beside the embedded Nomad: what jobs get from them, and what they hear of jobs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.nomad.embedded.bootstrap import vault_root_token
from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.scheduler.nodes import node_records
from nomad.embedded.api_replay import SECOND, Api
from nomad.embedded.jobs import job, service, task
from nomad.embedded.timelines import START_NS

PASSWORD = '{{ with secret "secret/data/web" }}P={{ .Data.data.password }}{{ end }}'
TAGS = ["urlprefix-/web strip=/web", "v1"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path, "vault") as found:
        yield found


def env_template(text: str) -> dict[str, Any]:
    return {"EmbeddedTmpl": text, "DestPath": "secrets/x.env", "Envvars": True}


def serving() -> dict[str, Any]:
    return job(Services=[service(Tags=TAGS)])


def wait(api: Api, seconds: float) -> None:
    api.host.advance_to(api.host.now_ns + int(seconds * SECOND))


def allocation(api: Api) -> dict[str, Any]:
    return api.ask("GET", "/v1/allocations").json()[0]


def events(api: Api) -> list[str]:
    return [event["DisplayMessage"] for state in allocation(api)["TaskStates"].values() for event in state["Events"]]


def as_root(api: Api, method: str, path: str, body: Any = None) -> Any:
    return api.ask(method, path, body, {"X-Vault-Token": vault_root_token(api.host)}, service="vault")


def with_vault(*policies: str) -> dict[str, Any]:
    return job(task(Templates=[env_template(PASSWORD)], Vault={"Policies": list(policies)}))


def test_a_job_that_waits_for_a_key_goes_on_when_it_is_written(api: Api) -> None:
    api.register(job(task(Templates=[env_template('F={{ key "web/feature" }}')])), 10)
    assert allocation(api)["ClientStatus"] == "pending"
    assert "Missing: kv.block(web/feature)" in events(api)
    api.ask("PUT", "/v1/kv/web/feature", "on", service="consul")
    wait(api, 5)
    assert allocation(api)["ClientStatus"] == "running"


def test_a_job_reads_a_secret_that_its_policy_allows(api: Api) -> None:
    as_root(api, "PUT", "/v1/sys/policies/acl/web", {"policy": 'path "secret/data/web" { capabilities = ["read"] }'})
    as_root(api, "POST", "/v1/secret/data/web", {"data": {"password": "x"}})
    api.register(with_vault("web"), 5)
    assert allocation(api)["ClientStatus"] == "running"


def test_a_policy_that_is_not_there_reads_as_a_secret_that_is_not_there(api: Api) -> None:
    as_root(api, "POST", "/v1/secret/data/web", {"data": {"password": "x"}})
    api.register(with_vault("nobody"), 10)
    assert "Missing: vault.read(secret/data/web)" in events(api)


def test_a_secret_without_the_field_does_not_hold_a_job_back(api: Api) -> None:
    as_root(api, "PUT", "/v1/sys/policies/acl/web", {"policy": 'path "secret/*" { capabilities = ["read"] }'})
    as_root(api, "POST", "/v1/secret/data/web", {"data": {"other": "x"}})
    api.register(with_vault("web"), 5)
    assert allocation(api)["ClientStatus"] == "running"


def test_a_cluster_whose_machines_have_no_vault_refuses_a_job_that_wants_it(tmp_path: Path) -> None:
    with Api(tmp_path) as without:
        answer = without.ask("POST", "/v1/jobs", {"Job": with_vault("web")})
    assert (answer.status_code, answer.text) == (500, "Vault not enabled and Vault policies requested")


def instances(api: Api, query: str = "") -> list[dict[str, Any]]:
    return api.ask("GET", f"/v1/health/service/web{query}", service="consul").json()


def test_a_service_is_registered_while_its_allocation_runs(api: Api) -> None:
    api.register(serving(), 8)
    (found,) = instances(api, "?passing")
    assert found["Service"]["Tags"] == TAGS
    api.ask("DELETE", "/v1/job/web")
    wait(api, 1)
    assert instances(api) == []


def test_a_service_is_critical_before_its_check_ran(api: Api) -> None:
    api.register(serving(), 1.5)
    assert allocation(api)["ClientStatus"] == "running"
    assert [check["Status"] for check in instances(api)[0]["Checks"]] == ["passing", "critical"]
    assert instances(api, "?passing") == []


def test_fabio_routes_to_passing_instances_alone(api: Api) -> None:
    assert api.ask("GET", "/api/routes", service="fabio").json() is None
    api.register(serving(), 8)
    (route,) = api.ask("GET", "/api/routes", service="fabio").json()
    assert (route["src"], route["opts"], route["tags"], route["weight"]) == ("/web", "strip=/web", ["v1"], 1.0)


def test_a_blocking_query_of_consul_hears_of_a_key(api: Api) -> None:
    api.ask("PUT", "/v1/kv/a", "1", service="consul")
    first = api.ask("GET", "/v1/kv/a", service="consul").headers["X-Consul-Index"]
    api.ask("PUT", "/v1/kv/a", "2", service="consul")
    answer = api.ask("GET", f"/v1/kv/a?index={first}&wait=5s", service="consul")
    assert int(answer.headers["X-Consul-Index"]) > int(first)


def test_a_restart_keeps_keys_secrets_and_tokens(tmp_path: Path) -> None:
    with Api(tmp_path, "vault") as api:
        token = vault_root_token(api.host)
        api.ask("PUT", "/v1/kv/a", "1", service="consul")
        as_root(api, "POST", "/v1/secret/data/web", {"data": {"password": "x"}})
        as_root(api, "POST", "/v1/kv1/plain", {"password": "y"})
    images = behaviour_records(DEFAULT_IMAGES)
    host = Host(tmp_path / "journal.jsonl", node_records(None), images, START_NS, "other")
    version = host.cluster.vault.secrets["web"].version(0)
    assert host.cluster.consul.pairs["a"].value == b"1"
    assert version is not None
    assert version.data == {"password": "x"}
    assert host.cluster.vault.plain == {"plain": {"password": "y"}}
    assert vault_root_token(host) == token
    host.close()
