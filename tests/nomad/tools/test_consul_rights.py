"""Consul leaves out silently what a token may not see; whether it may have is found out."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from muster.core.errors import AccessDeniedError
from muster.nomad.tools.consul_catalog import open_consul
from muster.nomad.tools.consul_health import consul_health
from nomad.tools.replaying_server import recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared

TOKEN = SecretStr("a34779b5-3af3-c4bf-1517-ac873c88e8d6")


def anonymous() -> dict:
    """What nobody in particular is told under ACLs."""
    return {
        "GET /v1/status/leader": recorded("consulacl_anon_leader"),
        "GET /v1/catalog/services": recorded("consulacl_anon_services"),
        "GET /v1/acl/token/self": recorded("consulacl_anon_token_self"),
        "GET /v1/agent/self": recorded("consulacl_anon_agent_self"),
    }


def no_acls() -> dict:
    """What everybody is told where ACLs are off."""
    return {
        "GET /v1/status/leader": recorded("consul_leader"),
        "GET /v1/catalog/services": recorded("consul_catalog_services"),
        "GET /v1/agent/self": recorded("consul_agent_self"),
        "GET /v1/acl/token/self": {"status": 401, "body": "ACL support disabled"},
    }


def reading(*policies: str) -> dict:
    """What a token with these policies is told of itself, and of the services."""
    myself = {"Description": "", "Policies": [{"Name": name} for name in policies]}
    return anonymous() | {
        "GET /v1/catalog/services": recorded("consulacl_ro_services"),
        "GET /v1/acl/token/self": {"status": 200, "body": myself},
    }


def newer(version: str, *, filtered: bool = False) -> dict:
    """A Consul of that version, which tells when it left something out."""
    services = recorded("consulacl_ro_services")
    if filtered:
        services["headers"]["X-Consul-Results-Filtered-By-ACLs"] = "true"
    agent = {"status": 200, "body": {"Config": {"Version": version}}}
    return reading("ro") | {"GET /v1/catalog/services": services, "GET /v1/agent/self": agent}


@contextmanager
def filtered_by(said: dict, token: SecretStr | None = None) -> Iterator[str]:
    with replaying(said) as replay, open_consul(replay.address, token=token) as catalog:
        yield catalog.filtered()


def test_without_acls_lists_are_whole():
    with filtered_by(no_acls()) as why:
        assert why == ""


def test_nobody_in_particular_may_not_see_all():
    with filtered_by(anonymous()) as why:
        assert why.startswith("without a token one may not see all services")
        assert "CONSUL_HTTP_TOKEN" in why


def test_a_token_is_named_by_its_policies():
    with filtered_by(reading("ro"), TOKEN) as why:
        assert why.startswith("the token in CONSUL_HTTP_TOKEN, with policy ro, may not see all services")


def test_a_management_token_sees_all():
    with filtered_by(reading("global-management"), TOKEN) as why:
        assert why == ""


def test_a_newer_consul_says_that_something_was_left_out():
    with filtered_by(newer("1.11.2", filtered=True), TOKEN) as why:
        assert "does not see all services" in why


@pytest.mark.parametrize("version", ["1.11.2", "1.20.1", "2.0.0"])
def test_a_newer_consul_that_says_nothing_left_nothing_out(version: str):
    with filtered_by(newer(version), TOKEN) as why:
        assert why == ""


def test_an_older_consul_that_says_nothing_may_have_left_something_out():
    with filtered_by(newer("1.10.11"), TOKEN) as why:
        assert "may not see all services" in why


def test_an_unknown_token_is_refused():
    said = anonymous() | {"GET /v1/catalog/services": recorded("consulacl_badtoken_services")}
    with pytest.raises(AccessDeniedError, match="unknown to this Consul"), filtered_by(said, TOKEN):
        pass


def test_a_healthy_consul_tells_its_version_and_leader():
    with replaying(no_acls()) as replay:
        health = consul_health(replay.address)
    assert health.ok
    assert health.detail == "Consul 1.10.11, leader 127.0.0.1:18300, ACLs are off"


def test_a_consul_without_a_leader_is_not_well():
    with replaying(no_acls() | {"GET /v1/status/leader": recorded("consul_leader", body="")}) as replay:
        health = consul_health(replay.address)
    assert not health.ok
    assert "no leader" in health.detail


def test_a_token_that_sees_a_part_is_told_with_advice():
    with replaying(anonymous()) as replay:
        health = consul_health(replay.address)
    assert not health.ok
    assert "no token" in health.detail
    assert "CONSUL_HTTP_TOKEN" in health.advice
