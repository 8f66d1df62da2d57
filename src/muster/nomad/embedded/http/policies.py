"""ACL policies over HTTP: list, read, write, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.tokens import policy_content, policy_errors
from muster.nomad.embedded.http.answering import NotFound, read_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.settling import settle, silent_answer
from muster.nomad.embedded.validation.wording import listed

TABLE = "acl_policy"
STUB = ("CreateIndex", "Description", "Hash", "ModifyIndex", "Name")


async def list_policies(request: Request) -> Response:
    """GET /v1/acl/policies: all for management, a token's own for others."""
    store, allowed = desk_of(request).store, permissions(request)
    prefix = request.query_params.get("prefix", "")

    def read() -> tuple[int, Any]:
        rows = sorted(store.objects.get(TABLE, {}).items())
        shown = [row for name, row in rows if name.startswith(prefix)]
        shown = [row for row in shown if allowed.management or row["Name"] in allowed.policies]
        return store.table_index(TABLE), [{key: row[key] for key in STUB} for row in shown]

    return await read_answer(request, blocking(request), read)


async def read_policy(request: Request) -> Response:
    """GET /v1/acl/policy/:name"""
    store, allowed, name = desk_of(request).store, permissions(request), request.path_params["name"]
    if not (allowed.management or name in allowed.policies or name == "anonymous"):
        raise BadRequest(403, DENIED)

    def read() -> tuple[int, Any]:
        row = store.objects.get(TABLE, {}).get(name)
        if row is None:
            return store.table_index(TABLE), NotFound("ACL policy not found")
        return row["ModifyIndex"], row

    return await read_answer(request, blocking(request), read)


async def write_policy(request: Request) -> Response:
    """PUT /v1/acl/policy/:name"""
    sent, name = await body(request, broken=500), request.path_params["name"]
    if sent.get("Name") != name:
        raise BadRequest(400, "ACL policy name does not match request path")
    errors = policy_errors(sent)
    if errors:
        raise BadRequest(404, f"policy 0 invalid: {listed(tuple(errors))}")
    return silent_answer(settle(request, "put", table=TABLE, name=name, content=policy_content(sent)).index)


async def delete_policy(request: Request) -> Response:
    """DELETE /v1/acl/policy/:name"""
    name = request.path_params["name"]
    return silent_answer(settle(request, "remove", table=TABLE, name=name).index)
