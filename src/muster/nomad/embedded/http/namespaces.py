"""Namespaces over HTTP: list, read, write, delete."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.tokens import digest
from muster.nomad.embedded.http.answering import NotFound, read_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.settling import settle, silent_answer
from muster.nomad.embedded.validation.wording import listed

TABLE = "namespaces"
_NAME = re.compile(r"[a-zA-Z0-9-]{1,128}")
MAX_DESCRIPTION = 256


async def list_namespaces(request: Request) -> Response:
    """GET /v1/namespaces: those in which the token may do anything."""
    store, allowed = desk_of(request).store, permissions(request)
    prefix = request.query_params.get("prefix", "")

    def read() -> tuple[int, Any]:
        rows = sorted(store.objects[TABLE].items())
        shown = [row for name, row in rows if name.startswith(prefix) and allowed.enters(name)]
        return store.table_index(TABLE), shown

    return await read_answer(request, blocking(request), read)


async def read_namespace(request: Request) -> Response:
    """GET /v1/namespace/:name"""
    store, name = desk_of(request).store, request.path_params["name"]
    if not permissions(request).enters(name):
        raise BadRequest(403, DENIED)

    def read() -> tuple[int, Any]:
        row = store.objects[TABLE].get(name)
        if row is None:
            return store.table_index(TABLE), NotFound("Namespace not found")
        return row["ModifyIndex"], row

    return await read_answer(request, blocking(request), read)


async def write_namespace(request: Request) -> Response:
    """PUT /v1/namespace and /v1/namespace/:name"""
    sent = await body(request, broken=500)
    name, description = str(sent.get("Name") or ""), str(sent.get("Description") or "")
    if request.path_params.get("name", name) != name:
        raise BadRequest(400, "Namespace name does not match request path")
    errors = _errors(name, description)
    if errors:
        raise BadRequest(500, f'Invalid namespace "{name}": {listed(errors)}')
    content = {"Description": description, "Hash": digest(name, description, ""), "Name": name, "Quota": ""}
    return silent_answer(settle(request, "put", table=TABLE, name=name, content=content).index)


def _errors(name: str, description: str) -> list[str]:
    sound = _NAME.fullmatch(name) is not None
    errors = [] if sound else [f'invalid name "{name}". Must match regex ^[a-zA-Z0-9-]{{1,128}}$']
    too_long = len(description) > MAX_DESCRIPTION
    return [*errors, f"description longer than {MAX_DESCRIPTION}"] if too_long else errors


async def delete_namespace(request: Request) -> Response:
    """DELETE /v1/namespace/:name: refused while jobs live in it."""
    store, name = desk_of(request).store, request.path_params["name"]
    if name == "default":
        raise BadRequest(500, "can not delete default namespace")
    if any(space == name and job.status != "dead" for (space, _), job in store.jobs.items()):
        raise BadRequest(500, listed([f'namespace "{name}" has non-terminal jobs in regions: [global]']))
    if name not in store.objects[TABLE]:
        raise BadRequest(500, "namespace set for deletion not found")
    return silent_answer(settle(request, "remove", table=TABLE, name=name).index)
