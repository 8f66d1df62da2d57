"""Logs over HTTP: GET /v1/client/fs/logs/:alloc, plain or in frames, to their end or on and on."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.files import FRAME_HEARTBEAT_S, frame
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.streaming import Source, follow

PLAIN = "text/plain"


async def read_logs(request: Request) -> Response:
    """What a task printed; `origin`, `offset`, `plain` and `follow` as Nomad takes them."""
    query = request.query_params
    task, stream = query.get("task", ""), query.get("type", "")
    if not task:
        raise BadRequest(400, "must provide task name")
    following, plain = _flag(request, "follow"), _flag(request, "plain")
    if stream not in ("stdout", "stderr"):
        raise BadRequest(400, "must provide log type (stdout/stderr)")
    found = _runner(request, task)
    if isinstance(found, Response):
        return found
    source = _source(found, task, stream, plain=plain)
    start = _start(found.output.get(stream, ""), query.get("origin", ""), _offset(query.get("offset", "")))
    headers = {"Content-Type": PLAIN if plain else "application/json"}
    if following:
        return StreamingResponse(follow(desk_of(request).pace, source, start), headers=headers)
    return Response(source.after(start)[0], headers=headers)


def _source(runner: TaskRunner, task: str, stream: str, *, plain: bool) -> Source:
    def after(position: int) -> tuple[bytes, int]:
        data = runner.output.get(stream, "").encode()[position:]
        end = position + len(data)
        return data if plain else frame(data, f"alloc/logs/{task}.{stream}.0", end), end

    return Source(after, b"" if plain else b"{}", FRAME_HEARTBEAT_S)


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "")
    if text not in ("", "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"):
        wrong = f'strconv.ParseBool: parsing "{text}": invalid syntax'
        raise BadRequest(400, f"failed to parse {name} field to boolean: {wrong}")
    return text[:1] in ("1", "t", "T")


def _offset(text: str) -> int:
    if text and not text.isdigit():
        raise BadRequest(400, f'error parsing offset: strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text or 0)


def _runner(request: Request, task: str) -> TaskRunner | Response:
    allocation_id = request.path_params["id"]
    desk = desk_of(request)
    allocation = desk.store.allocations.get(allocation_id)
    if allocation is None:
        return _plain(404, f'Unknown allocation "{allocation_id}"')
    allowed, space = permissions(request), allocation.job.namespace
    if not (allowed.namespace(space, "read-logs") or allowed.namespace(space, "read-fs")):
        return _plain(500, DENIED)
    runner = desk.host.cluster.clients.runners.get(allocation_id)
    found = runner.tasks.get(task) if runner else None
    if runner is not None and found is None:
        return _plain(400, f'unknown task name "{task}"')
    if found is None or found.state.started_ns is None:
        return _plain(404, f'task "{task}" not started yet. No logs available')
    return found


def _plain(status: int, text: str) -> Response:
    return Response(text, status_code=status, headers={"Content-Type": PLAIN})


def _start(text: str, origin: str, offset: int) -> int:
    """Where to begin, in bytes."""
    size = len(text.encode())
    return max(0, size - offset) if origin == "end" else min(offset, size)
