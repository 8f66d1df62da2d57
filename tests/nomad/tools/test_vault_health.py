"""Vault's state by recorded answers."""

import pytest
from pydantic import SecretStr

from core.http_double import http_double, saying
from muster.core.errors import ServiceFailureError
from muster.core.health import Health
from muster.nomad.tools.vault_health import vault_health
from nomad.tools.replaying_server import recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared


def health(case: str, token: str | None = "s.x", lookup: str = "vault_lookup_self", **changes: object) -> Health:
    answers = {"GET /v1/sys/health": recorded(case, **changes), "GET /v1/auth/token/lookup-self": recorded(lookup)}
    with replaying(answers) as replay:
        return vault_health(replay.address, token=SecretStr(token) if token else None)


def test_an_open_vault_with_a_valid_token_is_well():
    assert health("vault_health") == Health("ok", detail="Vault 1.4.3, and the token is valid")


def test_a_sealed_vault_is_told_how_to_unseal():
    found = health("vault_sealed_health")
    assert not found.ok
    assert "sealed" in found.detail
    assert "unseal" in found.advice


def test_a_token_that_vault_does_not_know_is_not_well():
    found = health("vault_health", lookup="vault_lookup_self_bad")
    assert not found.ok
    assert "VAULT_TOKEN" in found.advice


def test_no_token_is_not_well():
    assert "no token" in health("vault_health", token=None).detail


def test_a_vault_that_was_never_initialised_says_so():
    body = {"initialized": False, "sealed": True, "standby": True, "version": "1.4.3"}
    assert "not initialised" in health("vault_sealed_health", status=501, body=body).detail


def test_a_standby_is_well():
    body = {"initialized": True, "sealed": False, "standby": True, "version": "1.4.3"}
    assert health("vault_health", status=429, body=body).detail == "Vault 1.4.3, a standby, and the token is valid"


def test_something_else_at_that_address_is_an_error():
    with http_double(saying("404 Not Found", "")) as (address, _), pytest.raises(ServiceFailureError, match="404"):
        vault_health(address)
