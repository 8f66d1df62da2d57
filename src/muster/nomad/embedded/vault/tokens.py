"""Vault's tokens over HTTP: create, look up, revoke; and what a token may do."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.asking import parse_duration
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.vault.access import DEFAULT, capabilities
from muster.nomad.embedded.vault.answering import (
    VaultError,
    body,
    demand,
    nothing,
    operation,
    token_of,
    vault_of,
    wrapped,
)
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
DEFAULT_TTL_S = 2_764_800
"""32 days."""


async def look_up_self(request: Request) -> Response:
    """GET /v1/auth/token/lookup-self"""
    operation(request)
    secret, row = token_of(request)
    return wrapped(_described(secret, row, desk_of(request).host.now_ns))


def _described(secret: str, row: Json, now_ns: int) -> Json:
    ttl: int = row["ttl_s"]
    ends_ns = row["created_ns"] + ttl * SECOND
    limited: Json = {"issue_time": timestamp(row["created_ns"]), "renewable": True} if ttl else {}
    return {
        "accessor": row["accessor"],
        "creation_time": row["created_ns"] // SECOND,
        "creation_ttl": ttl,
        "display_name": row["display_name"],
        "entity_id": "",
        "expire_time": timestamp(ends_ns) if ttl else None,
        "explicit_max_ttl": 0,
        "id": secret,
        "meta": row["meta"],
        "num_uses": 0,
        "orphan": not ttl,
        "path": row["path"],
        "policies": row["policies"],
        "ttl": max(0, ends_ns - now_ns) // SECOND if ttl else 0,
        "type": "service",
        **limited,
    }


async def create(request: Request) -> Response:
    """POST /v1/auth/token/create"""
    if operation(request) != "write":
        raise VaultError(405, "unsupported operation")
    demand(request, "auth/token/create", "update")
    _, parent = token_of(request)
    sent = await body(request)
    policies = sorted({*(str(name) for name in sent.get("policies") or parent["policies"]), DEFAULT})
    ttl_ns = _ttl_ns(sent.get("ttl"))
    secret = "s." + _word()
    content = {
        "accessor": _word(),
        "policies": ["root"] if "root" in policies else policies,
        "created_ns": desk_of(request).host.now_ns,
        "ttl_s": ttl_ns // SECOND,
        "display_name": "-".join(["token", *([str(sent["display_name"])] if sent.get("display_name") else [])]),
        "path": "auth/token/create",
        "meta": sent.get("meta"),
    }
    settle(request, "vault_put_token", id=secret, content=content)
    return wrapped(None, auth=_auth(secret, content))


def _word() -> str:
    return secrets.token_hex(12)


def _ttl_ns(asked: object) -> int:
    if asked in (None, "", 0):
        return DEFAULT_TTL_S * SECOND
    text = str(asked)
    found = int(text) * SECOND if text.isdigit() else parse_duration(text)
    if found is None:
        raise VaultError(400, "ttl must be positive")
    return found


def _auth(secret: str, row: Json) -> Json:
    return {
        "client_token": secret,
        "accessor": row["accessor"],
        "policies": row["policies"],
        "token_policies": row["policies"],
        "metadata": row["meta"],
        "lease_duration": row["ttl_s"],
        "renewable": True,
        "entity_id": "",
        "token_type": "service",
        "orphan": False,
    }


async def renew_self(request: Request) -> Response:
    """POST /v1/auth/token/renew-self: it lives on as long as it was given at first"""
    secret, row = token_of(request)
    renewed = {**row, "created_ns": desk_of(request).host.now_ns}
    settle(request, "vault_put_token", id=secret, content=renewed)
    return wrapped(None, auth=_auth(secret, renewed))


async def revoke_self(request: Request) -> Response:
    """POST /v1/auth/token/revoke-self"""
    secret, _ = token_of(request)
    settle(request, "vault_remove_token", id=secret)
    return nothing()


async def own_capabilities(request: Request) -> Response:
    """POST /v1/sys/capabilities-self"""
    _, row = token_of(request)
    sent = await body(request)
    paths = [str(path) for path in sent.get("paths") or [sent.get("path") or ""] if path]
    if not paths:
        raise VaultError(400, "paths must be supplied")
    found: Json = {path: capabilities(vault_of(request), row["policies"], path) for path in paths}
    if len(paths) == 1:
        found["capabilities"] = found[paths[0]]
    return wrapped(found, beside=found)
