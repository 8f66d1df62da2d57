"""Vault's `sys/` paths: health, seal, mounts, policies."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.rules_text import RulesTextError
from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.scheduler.nodes import VAULT_VERSION
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.vault.access import DEFAULT, ROOT, paths_of, policy_text
from muster.nomad.embedded.vault.answering import (
    DENIED,
    VaultError,
    body,
    demand,
    nothing,
    operation,
    plain,
    token_of,
    vault_of,
    wrapped,
)
from muster.nomad.embedded.vault.mounts import PLAIN_MOUNT, VERSIONED_MOUNT

Json = dict[str, Any]
CLUSTER = {"cluster_name": "vault-cluster-embedded", "cluster_id": stable_identifier("vault")}


async def read_health(request: Request) -> Response:
    """GET /v1/sys/health: 200, or 503 while it is sealed, or what `sealedcode` says"""
    sealed = vault_of(request).sealed
    mode = "unknown" if sealed else "disabled"
    code = request.query_params.get("sealedcode", "503")
    content = {
        "initialized": True,
        "sealed": sealed,
        "standby": sealed,
        "performance_standby": False,
        "replication_performance_mode": mode,
        "replication_dr_mode": mode,
        "server_time_utc": desk_of(request).host.now_ns // SECOND,
        "version": VAULT_VERSION,
        **({} if sealed else CLUSTER),
    }
    return plain(content, int(code) if sealed and code.isdigit() else 200)


async def read_seal_status(request: Request) -> Response:
    """GET /v1/sys/seal-status"""
    sealed = vault_of(request).sealed
    return plain(
        {
            **{"type": "shamir", "initialized": True, "sealed": sealed, "t": 1, "n": 1, "progress": 0, "nonce": ""},
            **{"version": VAULT_VERSION, "migration": False},
            **({} if sealed else CLUSTER),
            **{"recovery_seal": False, "storage_type": "inmem"},
        }
    )


async def read_leader(_: Request) -> Response:
    """GET /v1/sys/leader"""
    own = {"ha_enabled": False, "is_self": False, "leader_address": "", "leader_cluster_address": ""}
    return plain({**own, "performance_standby": False, "performance_standby_last_remote_wal": 0})


async def seal(request: Request) -> Response:
    """PUT /v1/sys/seal"""
    demand(request, "sys/seal", "update")
    settle(request, "vault_seal", sealed=True)
    return nothing()


async def unseal(request: Request) -> Response:
    """PUT /v1/sys/unseal: with any key, for nothing is encrypted here"""
    sent = await body(request)
    if not sent.get("key"):
        raise VaultError(400, "'key' must be specified in request body as JSON, or 'reset' set to true")
    settle(request, "vault_seal", sealed=False)
    return await read_seal_status(request)


def _mount(kind: str, description: str, version: str = "", **config: Any) -> Json:
    name = stable_identifier("vault", kind, version)
    return {
        "accessor": f"{kind}_{name[:8]}",
        "config": {"default_lease_ttl": 0, "force_no_cache": False, "max_lease_ttl": 0, **config},
        "description": description,
        "external_entropy_access": False,
        "local": kind == "cubbyhole",
        "options": {"version": version} if version else None,
        "seal_wrap": False,
        "type": kind,
        "uuid": name,
    }


MOUNTS: dict[str, Json] = {
    f"{VERSIONED_MOUNT}/": _mount("kv", "key/value secret storage", "2"),
    f"{PLAIN_MOUNT}/": _mount("kv", "key/value secret storage without versions", "1"),
    "sys/": _mount(
        "system",
        "system endpoints used for control, policy and debugging",
        passthrough_request_headers=["Accept"],
    ),
    "identity/": _mount("identity", "identity store"),
    "cubbyhole/": _mount("cubbyhole", "per-token private secret storage"),
}


async def list_mounts(request: Request) -> Response:
    """GET /v1/sys/mounts"""
    demand(request, "sys/mounts", "read")
    return wrapped(MOUNTS, beside=MOUNTS)


async def list_mounts_of_token(request: Request) -> Response:
    """GET /v1/sys/internal/ui/mounts: those that a token has something to do with"""
    token_of(request)
    shown = {name: mount for name, mount in MOUNTS.items() if mount["type"] == "kv"}
    return wrapped({"auth": {}, "secret": shown})


async def read_mount(request: Request) -> Response:
    """GET /v1/sys/internal/ui/mounts/:path: which mount a path belongs to"""
    token_of(request)
    path = request.path_params["path"]
    found = next((name for name in MOUNTS if f"{path}/".startswith(name)), None)
    if found is None:
        raise VaultError(403, f"preflight capability check returned 403, please ensure client's policies {DENIED}")
    return wrapped({**MOUNTS[found], "path": found})


async def list_policies(request: Request) -> Response:
    """LIST /v1/sys/policies/acl"""
    what = operation(request)
    demand(request, "sys/policies/acl", "list" if what == "list" else "read")
    return wrapped({"keys": [*sorted({DEFAULT, *vault_of(request).policies}), ROOT]})


async def serve_policy(request: Request) -> Response:
    """GET, PUT and DELETE /v1/sys/policies/acl/:name"""
    what, name, vault = operation(request), request.path_params["name"], vault_of(request)
    demand(request, f"sys/policies/acl/{name}", "update" if what == "write" else what)
    match what:
        case "write":
            sent = await body(request)
            text = str(sent.get("policy") or "")
            _check_policy(text)
            settle(request, "vault_put_policy", name=name, text=text)
        case "delete":
            settle(request, "vault_remove_policy", name=name)
        case _:
            text = policy_text(vault, name)
            if text is None:
                raise VaultError(404)
            return wrapped({"name": name, "policy": text})
    return nothing()


def _check_policy(text: str) -> None:
    if not text:
        raise VaultError(400, "'policy' parameter not supplied or empty")
    try:
        paths_of(text)
    except RulesTextError as error:
        raise VaultError(400, f"failed to parse policy: {error}") from error
