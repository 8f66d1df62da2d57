"""Nomad variables over HTTP, as version 1.4 brought them: list by prefix, read, write and delete with check-and-set."""

import re
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, namespace
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.validation.wording import quoted

Json = dict[str, Any]
TABLE = "variables"
_PATH = re.compile(r"[a-zA-Z0-9-_~/]{1,128}")
MAX_BYTES = 16_384
RESERVED = '"nomad" is a reserved top-level directory path, but you may write variables to "nomad/jobs" or below'
ONLY_JOBS = 'only paths at "nomad/jobs" or below are valid paths under the top-level "nomad" directory'


def variable_name(space: str, path: str) -> str:
    """Under which name a variable is kept."""
    return f"{space}:{path}"


def _rows(store: Store) -> dict[str, Json]:
    return store.objects.get(TABLE, {})


def _allow(request: Request, path: str, capability: str) -> None:
    if not permissions(request).variable(namespace(request), path, capability):
        raise BadRequest(403, DENIED)


async def list_variables(request: Request) -> Response:
    """GET /v1/vars: metadata of all below a prefix, never values."""
    store, allowed, wanted = desk_of(request).store, permissions(request), namespace(request)
    prefix = request.query_params.get("prefix", "")

    def read() -> tuple[int, Any]:
        rows = [row for _, row in sorted(_rows(store).items()) if wanted in ("*", row["Namespace"])]
        shown = [row for row in rows if row["Path"].startswith(prefix)]
        seen = [row for row in shown if allowed.variable(row["Namespace"], row["Path"], "list")]
        return store.table_index(TABLE), [_metadata(row) for row in seen]

    return await read_answer(request, blocking(request), read)


def _metadata(row: Json) -> Json:
    return {key: value for key, value in row.items() if key != "Items"}


async def read_variable(request: Request) -> Response:
    """GET /v1/var/:path"""
    store, path = desk_of(request).store, request.path_params["path"]
    name = variable_name(namespace(request), path)
    _allow(request, path, "read")

    def read() -> tuple[int, Any]:
        row = _rows(store).get(name)
        if row is None:
            return store.table_index(TABLE), NotFound("variable not found")
        return row["ModifyIndex"], row

    return await read_answer(request, blocking(request), read)


async def write_variable(request: Request) -> Response:
    """PUT /v1/var/:path, with `cas` only where the index is still that."""
    sent, path, space = await body(request), request.path_params["path"], namespace(request)
    items = _items(sent)
    _allow(request, path, "write")
    _check(path, items)
    conflict = _conflict(request, path)
    if conflict is not None:
        return conflict
    host, name = desk_of(request).host, variable_name(space, path)
    before = _rows(desk_of(request).store).get(name)
    content = {
        "CreateTime": before["CreateTime"] if before else host.now_ns,
        "Items": items,
        "ModifyTime": host.now_ns,
        "Namespace": space,
        "Path": path,
    }
    accepted = settle(request, "put", table=TABLE, name=name, content=content)
    return write_answer(_rows(desk_of(request).store)[name], accepted.index)


def _items(sent: Json) -> dict[str, str]:
    told: object = sent.get("Items")
    items = cast("Json", told) if isinstance(told, dict) else {}
    if not items:
        raise BadRequest(400, "variable missing required Items object")
    if not all(isinstance(value, str) for value in items.values()):
        raise BadRequest(400, "json: cannot unmarshal into Go struct field VariableDecrypted.Items of type string")
    return items


def _check(path: str, items: dict[str, str]) -> None:
    """Raises BadRequest for a variable that the server would not take."""
    parts = path.split("/")
    if not _PATH.fullmatch(path):
        raise BadRequest(500, f"invalid path {quoted(path)}")
    if parts == ["nomad"]:
        raise BadRequest(500, RESERVED)
    if parts[0] == "nomad" and parts[1] != "jobs":
        raise BadRequest(500, ONLY_JOBS)
    if sum(len(key.encode()) + len(value.encode()) for key, value in items.items()) > MAX_BYTES:
        raise BadRequest(500, "variables are limited to 16KiB in total size")


def _conflict(request: Request, path: str) -> Response | None:
    """The variable that is there, where `cas` asked for another index."""
    cas = request.query_params.get("cas", "")
    if not cas:
        return None
    if not cas.isdigit():
        raise BadRequest(400, f"can not parse cas: strconv.ParseUint: parsing {quoted(cas)}: invalid syntax")
    space = namespace(request)
    row = _rows(desk_of(request).store).get(variable_name(space, path))
    index = row["ModifyIndex"] if row else 0
    if int(cas) == index:
        return None
    nothing: Json = {"CreateIndex": 0, "CreateTime": 0, "Items": None, "ModifyIndex": 0, "ModifyTime": 0}
    found = row or {**nothing, "Namespace": space, "Path": path}
    shown = found if permissions(request).variable(space, path, "read") else {**found, "Items": None}
    answer = json_answer(shown, {"X-Nomad-Index": str(index)})
    answer.status_code = 409
    return answer


async def delete_variable(request: Request) -> Response:
    """DELETE /v1/var/:path, with `cas` only where the index is still that."""
    path = request.path_params["path"]
    _allow(request, path, "destroy")
    conflict = _conflict(request, path)
    if conflict is not None:
        return conflict
    accepted = settle(request, "remove", table=TABLE, name=variable_name(namespace(request), path))
    return Response(status_code=204, headers={"X-Nomad-Index": str(accepted.index)})
