"""Files of an allocation over HTTP: ls, stat, cat, readat, stream."""

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.directories import ROOT, Directory, clean, directory_of, escapes
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.streaming import Source, follow

Json = dict[str, Any]
UNTRUSTED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
}
FRAME_HEARTBEAT_S = 1.0


def _directory(request: Request) -> Directory:
    """The directory of the path's allocation. Raises BadRequest where it is not to be seen."""
    identifier: str = request.path_params["id"]
    desk = desk_of(request)
    allocation = desk.store.allocations.get(identifier)
    runner = desk.host.cluster.clients.runners.get(identifier)
    if allocation is None or runner is None:
        raise BadRequest(404, f'Unknown allocation "{identifier}"')
    if not permissions(request).namespace(allocation.job.namespace, "read-fs"):
        raise BadRequest(403, DENIED)
    return directory_of(allocation, runner)


def _path(request: Request, *, needed: bool = True) -> str:
    path = request.query_params.get("path", "")
    if needed and not path:
        raise BadRequest(400, "must provide a file name")
    if escapes(path):
        raise BadRequest(500, "Path escapes the alloc directory")
    return clean(path)


def _missing(request: Request, path: str, status: int, verb: str) -> BadRequest:
    return BadRequest(status, f"{verb} {ROOT}/{request.path_params['id']}{path}: no such file or directory")


async def list_files(request: Request) -> Response:
    """GET /v1/client/fs/ls/:alloc"""
    path = _path(request, needed=False)
    directory = _directory(request)
    if path in directory.files or not directory.knows(path):
        raise _missing(request, path, 500, "open")
    return json_answer(directory.entries(path))


async def stat_file(request: Request) -> Response:
    """GET /v1/client/fs/stat/:alloc"""
    path = _path(request)
    directory = _directory(request)
    if not directory.knows(path):
        raise _missing(request, path, 500, "stat")
    return json_answer(directory.info(path))


async def cat_file(request: Request) -> Response:
    """GET /v1/client/fs/cat/:alloc"""
    return Response(_text(request), headers=UNTRUSTED)


async def read_file_part(request: Request) -> Response:
    """GET /v1/client/fs/readat/:alloc, with `offset` and `limit` in bytes"""
    offset, limit = _number(request, "offset"), _number(request, "limit", needed=False)
    data = _text(request).encode()[offset:]
    return Response(data[:limit] if limit else data, headers=UNTRUSTED)


def _number(request: Request, key: str, *, needed: bool = True) -> int:
    text = request.query_params.get(key, "")
    if not text and not needed:
        return 0
    if not text.isdigit():
        raise BadRequest(500, f'error parsing {key}: strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def _text(request: Request) -> str:
    path = _path(request)
    directory = _directory(request)
    parts = path.split("/")
    if len(parts) > 2 and parts[2] == "secrets":
        return f"Reading secret file prohibited: {request.query_params['path']}"
    if not directory.knows(path):
        raise _missing(request, path, 400, "stat")
    if path not in directory.files:
        raise BadRequest(400, f'file "{request.query_params["path"]}" is a directory')
    return directory.files[path]


async def stream_file(request: Request) -> Response:
    """GET /v1/client/fs/stream/:alloc: frames of JSON, which go on unless `follow=false`"""
    query = request.query_params
    text, name = _text(request), query.get("path", "")
    offset = _number(request, "offset", needed=False)
    start = max(0, len(text.encode()) - offset) if query.get("origin") == "end" else offset

    def after(position: int) -> tuple[bytes, int]:
        data = _text(request).encode()[position:]
        return frame(data, name, position + len(data)), position + len(data)

    headers = {"Content-Type": "application/json"}
    if query.get("follow") == "false":
        return Response(after(start)[0], headers=headers)
    source = Source(after, b"{}", FRAME_HEARTBEAT_S)
    return StreamingResponse(follow(desk_of(request).pace, source, start), headers=headers)


def frame(data: bytes, name: str, offset: int) -> bytes:
    """A frame as Nomad streams it: data in base64, the file, the offset of its end."""
    if not data:
        return b""
    content = {"Data": base64.b64encode(data).decode(), "File": name, "Offset": offset}
    return json.dumps(content, separators=(",", ":")).encode()
