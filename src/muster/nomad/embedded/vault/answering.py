"""Answers as Vault gives them, and what a request must bring: a token with policies, an object as its body."""

import json
import uuid
from collections.abc import Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.asking import go_json_error
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.vault.access import may
from muster.nomad.embedded.vault.state import VaultState

Json = dict[str, Any]
HEADERS = {"Cache-Control": "no-store"}
DENIED = "1 error occurred:\n\t* permission denied\n\n"
SEALED = "error performing token check: Vault is sealed"


class VaultError(Exception):
    """Vault says no, with these words, or none."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = errors


def vault_of(request: Request) -> VaultState:
    """Vault's memory."""
    return desk_of(request).host.cluster.vault


def plain(content: Any, status: int = 200) -> Response:
    """A body of JSON as it is."""
    return Response(json.dumps(content) + "\n", status, HEADERS, "application/json")


def wrapped(
    data: Any,
    status: int = 200,
    *,
    auth: Json | None = None,
    warnings: Sequence[str] = (),
    beside: Json | None = None,
    lease_s: int = 0,
) -> Response:
    """The envelope around what was asked for; `beside` repeats fields outside of it, as some paths do."""
    return plain(
        {
            **(beside or {}),
            "request_id": str(uuid.uuid4()),
            "lease_id": "",
            "renewable": False,
            "lease_duration": lease_s,
            "data": data,
            "wrap_info": None,
            "warnings": list(warnings) or None,
            "auth": auth,
        },
        status,
    )


def nothing() -> Response:
    """A write that has nothing to say."""
    return Response(status_code=204, headers={**HEADERS, "Content-Type": "application/json"})


def refused(error: VaultError) -> Response:
    """An error's words."""
    return plain({"errors": list(error.errors)}, error.status)


def token_of(request: Request) -> tuple[str, Json]:
    """The request's token and what is kept of it. Raises VaultError where Vault is sealed or the token is none."""
    vault = vault_of(request)
    if vault.sealed:
        raise VaultError(503, SEALED)
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    secret = request.headers.get("x-vault-token") or bearer
    if not secret:
        raise VaultError(400, "missing client token")
    row = vault.tokens.get(secret)
    if row is None or _over(row, desk_of(request).host.now_ns):
        raise VaultError(403, "permission denied")
    return secret, row


def _over(row: Json, now_ns: int) -> bool:
    return bool(row["ttl_s"]) and row["created_ns"] + row["ttl_s"] * SECOND <= now_ns


def demand(request: Request, path: str, capability: str) -> None:
    """Raises VaultError where the request's token does not allow that on a path."""
    _, row = token_of(request)
    if not may(vault_of(request), row["policies"], path, capability):
        raise VaultError(403, DENIED)


async def body(request: Request) -> Json:
    """The request's object; an empty body is an empty one. Raises VaultError where it is none."""
    raw = await request.body()
    try:
        decoded: object = json.loads(raw) if raw else {}
    except (ValueError, RecursionError) as error:
        why = go_json_error(raw.decode(errors="replace"), error)
        raise VaultError(400, f"failed to parse JSON input: {why}") from error
    if not isinstance(decoded, dict):
        raise VaultError(400, "failed to parse JSON input: it is no object")
    return cast("Json", decoded)


def operation(request: Request) -> str:
    """What a request wants to do: `read`, `list`, `write` or `delete`. Raises VaultError for other methods."""
    listing = request.query_params.get("list") == "true"
    wanted = {"GET": "list" if listing else "read", "LIST": "list", "POST": "write", "PUT": "write", "DELETE": "delete"}
    found = wanted.get(request.method)
    if found is None:
        raise VaultError(405)
    return found


def below(paths: Sequence[str], folder: str) -> list[str]:
    """The names right below a folder, subfolders with a slash."""
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    rest = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
    return sorted({f"{name.partition('/')[0]}/" if "/" in name else name for name in rest})
