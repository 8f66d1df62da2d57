"""The versioned engine at `secret/`: data, metadata, delete, undelete, destroy, subkeys."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

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
from muster.nomad.embedded.vault.mounts import VERSIONED_MOUNT
from muster.nomad.embedded.vault.state import DEFAULT_MAX_VERSIONS, Secret, Version
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
Handler = Callable[[Request, str], Coroutine[Any, Any, Response]]
INVALID_PATH = (
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. "
    "If using the Vault CLI, use 'vault kv {}' for this operation."
)
COMMANDS = {"read": "get", "write": "put", "list": "list", "delete": "delete"}
CAS_WRONG = "check-and-set parameter did not match the current version"
CAS_REQUIRED = "check-and-set parameter required for this call"


async def serve(request: Request) -> Response:
    """Everything below the mount."""
    part, _, path = request.path_params["path"].partition("/")
    handler = HANDLERS.get(part)
    if handler is None:
        what = operation(request)
        demand(request, f"{VERSIONED_MOUNT}/{request.path_params['path']}", _capability(what))
        return wrapped(None, 404, warnings=[INVALID_PATH.format(COMMANDS[what])])
    return await handler(request, path)


def _capability(what: str) -> str:
    return "update" if what == "write" else what


async def _data(request: Request, path: str) -> Response:
    what, secret = operation(request), vault_of(request).secrets.get(path)
    if what == "list":
        raise VaultError(405, "unsupported operation")
    fresh = secret is None or not secret.versions
    demand(request, f"{VERSIONED_MOUNT}/data/{path}", "create" if what == "write" and fresh else _capability(what))
    match what:
        case "read":
            return _read(request, secret)
        case "write":
            return await _write(request, path, secret)
        case _:
            if secret is not None and secret.current:
                _change(request, "vault_delete", path, [secret.current])
            return nothing()


def _read(request: Request, secret: Secret | None) -> Response:
    version = _asked_version(request, secret)
    data = None if version.deleted_ns is not None else version.data
    return wrapped({"data": data, "metadata": _metadata_of(version)}, 404 if data is None else 200)


def _asked_version(request: Request, secret: Secret | None) -> Version:
    text = request.query_params.get("version", "0")
    if not text.isdigit():
        raise VaultError(400, f'Field validation failed: error converting input "{text}" for field "version"')
    found = secret.version(int(text)) if secret else None
    if found is None:
        raise VaultError(404)
    return found


def _metadata_of(version: Version) -> Json:
    return {
        "created_time": timestamp(version.created_ns),
        "deletion_time": timestamp(version.deleted_ns) or "",
        "destroyed": version.destroyed,
        "version": version.number,
    }


async def _write(request: Request, path: str, secret: Secret | None) -> Response:
    sent = await body(request)
    data: object = sent.get("data")
    if not isinstance(data, dict):
        raise VaultError(400, "no data provided")
    _check_cas(cast("Json", sent.get("options") or {}), secret)
    settle(request, "vault_write", path=path, data=data)
    written = vault_of(request).secrets[path].version(0)
    assert written is not None
    return wrapped(_metadata_of(written))


def _check_cas(options: Json, secret: Secret | None) -> None:
    if "cas" not in options:
        if secret is not None and secret.cas_required:
            raise VaultError(400, CAS_REQUIRED)
        return
    if options["cas"] != (secret.current if secret else 0):
        raise VaultError(400, CAS_WRONG)


def _change(request: Request, op: str, path: str, versions: list[int]) -> None:
    settle(request, op, path=path, versions=versions)


async def _metadata(request: Request, path: str) -> Response:
    what, vault = operation(request), vault_of(request)
    demand(request, f"{VERSIONED_MOUNT}/metadata/{path}", _capability(what))
    if what == "list":
        keys = below(list(vault.secrets), path)
        if not keys:
            raise VaultError(404)
        return wrapped({"keys": keys})
    if what == "write":
        sent = await body(request)
        rules = {"cas_required": bool(sent.get("cas_required")), "max_versions": int(sent.get("max_versions") or 0)}
        settle(request, "vault_set_metadata", path=path, **rules)
        return nothing()
    if what == "delete":
        settle(request, "vault_forget", path=path)
        return nothing()
    if path not in vault.secrets:
        raise VaultError(404)
    return wrapped(_described(vault.secrets[path]))


def _described(secret: Secret) -> Json:
    rows = {str(one.number): _metadata_of(one) for one in secret.versions}
    for row in rows.values():
        del row["version"]
    oldest = secret.versions[0].number if secret.versions else 0
    return {
        "cas_required": secret.cas_required,
        "created_time": timestamp(secret.created_ns),
        "current_version": secret.current,
        "delete_version_after": "0s",
        "max_versions": secret.max_versions,
        "oldest_version": oldest if secret.current > (secret.max_versions or DEFAULT_MAX_VERSIONS) else 0,
        "updated_time": timestamp(secret.updated_ns),
        "versions": rows,
    }


def _of_versions(part: str) -> Handler:
    async def change(request: Request, path: str) -> Response:
        if operation(request) != "write":
            raise VaultError(405, "unsupported operation")
        demand(request, f"{VERSIONED_MOUNT}/{part}/{path}", "update")
        sent = await body(request)
        numbers = [int(number) for number in sent.get("versions") or ()]
        if not numbers:
            raise VaultError(400, "No version number provided")
        if path not in vault_of(request).secrets:
            raise VaultError(404)
        _change(request, f"vault_{part}", path, numbers)
        return nothing()

    return change


async def _subkeys(request: Request, path: str) -> Response:
    """Names without values, since Vault 1.10 (documented)."""
    if operation(request) != "read":
        raise VaultError(405, "unsupported operation")
    demand(request, f"{VERSIONED_MOUNT}/subkeys/{path}", "read")
    version = _asked_version(request, vault_of(request).secrets.get(path))
    data = None if version.deleted_ns is not None else version.data
    keys = None if data is None else _keys_alone(data)
    return wrapped({"metadata": _metadata_of(version), "subkeys": keys}, 404 if keys is None else 200)


def _keys_alone(data: Json) -> Json:
    inner = {key: cast("Json", value) for key, value in data.items() if isinstance(value, dict) and value}
    return {key: _keys_alone(inner[key]) if key in inner else None for key in data}


HANDLERS: dict[str, Handler] = {
    "data": _data,
    "metadata": _metadata,
    "subkeys": _subkeys,
    "delete": _of_versions("delete"),
    "undelete": _of_versions("undelete"),
    "destroy": _of_versions("destroy"),
}
