"""The plain engine at `kv1/`: a path holds one table, without versions."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.vault.answering import (
    VaultError,
    below,
    body,
    demand,
    nothing,
    operation,
    vault_of,
    wrapped,
)
from muster.nomad.embedded.vault.mounts import PLAIN_MOUNT

Json = dict[str, Any]
LEASE_S = 2_764_800
"""Vault names its default lease with what has none."""


async def serve(request: Request) -> Response:
    """Everything below the mount."""
    path, what, vault = request.path_params["path"], operation(request), vault_of(request)
    fresh = what == "write" and path not in vault.plain
    demand(request, f"{PLAIN_MOUNT}/{path}", "create" if fresh else "update" if what == "write" else what)
    match what:
        case "read":
            return _read(vault.plain.get(path))
        case "list":
            keys = below(list(vault.plain), path)
            if not keys:
                raise VaultError(404)
            return wrapped({"keys": keys})
        case "write":
            sent = await body(request)
            if not sent:
                raise VaultError(400, "missing data fields")
            settle(request, "vault_write_plain", path=path, data=sent)
        case _:
            settle(request, "vault_forget_plain", path=path)
    return nothing()


def _read(data: Json | None) -> Response:
    if data is None:
        raise VaultError(404)
    return wrapped(data, lease_s=LEASE_S)
