"""ACL tokens over HTTP: bootstrap, self, list, read, write, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.tokens import (
    bootstrap_token,
    find_token,
    new_token,
    token_content,
    token_errors,
)
from muster.nomad.embedded.http.answering import NotFound, read_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import Handler
from muster.nomad.embedded.http.settling import settle, silent_answer
from muster.nomad.embedded.validation.wording import listed

Json = dict[str, Any]
TABLE = "acl_token"
STUB = ("AccessorID", "CreateIndex", "CreateTime", "Global", "Hash", "ModifyIndex", "Name", "Policies", "Type")


def with_acl(handler: Handler) -> Handler:
    """The handler where ACL mode is on; without it there are no tokens to speak of."""

    async def switched(request: Request) -> Response:
        if not desk_of(request).host.acl:
            raise BadRequest(400, "ACL support disabled")
        return await handler(request)

    return switched


async def bootstrap(request: Request) -> Response:
    """POST /v1/acl/bootstrap: the first management token, once."""
    desk = desk_of(request)
    first = next((t for t in _rows(desk).values() if t["Name"] == "Bootstrap Token"), None)
    if first is not None:
        raise BadRequest(400, f"ACL bootstrap already done (reset index: {first['CreateIndex']})")
    return _put(request, bootstrap_token(desk.host.now_ns))


async def read_own_token(request: Request) -> Response:
    """GET /v1/acl/token/self"""
    desk = desk_of(request)
    secret = request.headers.get("x-nomad-token", "")
    if not secret:
        raise BadRequest(500, "acl token lookup failed: missing secret id")

    def read() -> tuple[int, Any]:
        found = find_token(desk.store, secret)
        return (found["ModifyIndex"], found) if found else (0, NotFound("ACL token not found"))

    return await read_answer(request, blocking(request), read)


async def list_tokens(request: Request) -> Response:
    """GET /v1/acl/tokens"""
    desk, prefix = desk_of(request), request.query_params.get("prefix", "")
    only_global = request.query_params.get("global") == "true"

    def read() -> tuple[int, Any]:
        rows = [row for name, row in sorted(_rows(desk).items()) if name.startswith(prefix)]
        shown = [row for row in rows if row["Global"] or not only_global]
        return desk.store.table_index(TABLE), [{key: row[key] for key in STUB} for row in shown]

    return await read_answer(request, blocking(request), read)


async def read_token(request: Request) -> Response:
    """GET /v1/acl/token/:accessor"""
    desk, accessor = desk_of(request), request.path_params["accessor"]

    def read() -> tuple[int, Any]:
        found = _rows(desk).get(accessor)
        if found is None:
            return desk.store.table_index(TABLE), NotFound("ACL token not found")
        return found["ModifyIndex"], found

    return await read_answer(request, blocking(request), read)


async def write_token(request: Request) -> Response:
    """PUT /v1/acl/token and /v1/acl/token/:accessor"""
    desk, sent = desk_of(request), await body(request, broken=500)
    accessor = str(sent.get("AccessorID") or "")
    if request.path_params.get("accessor", accessor) != accessor:
        raise BadRequest(400, "ACL token accessor does not match request path")
    errors = token_errors(sent)
    if errors:
        raise BadRequest(400, f"token 0 invalid: {listed(tuple(errors))}")
    if not accessor:
        return _put(request, new_token(sent, desk.host.now_ns))
    return _put(request, token_content({**sent, **_kept(desk, accessor, sent)}))


def _kept(desk: Desk, accessor: str, sent: Json) -> Json:
    """What an update can't change. Raises BadRequest for a token that is not there."""
    before = _rows(desk).get(accessor)
    if before is None:
        raise BadRequest(404, f"cannot find token {accessor}")
    if before["Global"] != bool(sent.get("Global")):
        raise BadRequest(400, f"cannot toggle global mode of {accessor}")
    return {key: before[key] for key in ("AccessorID", "SecretID", "CreateTime")}


async def delete_token(request: Request) -> Response:
    """DELETE /v1/acl/token/:accessor"""
    accessor = request.path_params["accessor"]
    if accessor not in _rows(desk_of(request)):
        raise BadRequest(400, f"Cannot delete nonexistent tokens: {accessor}")
    return silent_answer(settle(request, "remove", table=TABLE, name=accessor).index)


def _put(request: Request, token: Json) -> Response:
    accepted = settle(request, "put", table=TABLE, name=token["AccessorID"], content=token)
    return write_answer(_rows(desk_of(request))[token["AccessorID"]], accepted.index)


def _rows(desk: Desk) -> dict[str, Json]:
    return desk.store.objects.get(TABLE, {})
