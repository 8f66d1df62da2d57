"""Logs over HTTP: GET /v1/client/fs/logs/:alloc, plain or in frames."""

import base64
import json

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of

PLAIN = "text/plain"


async def read_logs(request: Request) -> Response:
    """What a task printed so far; `origin`, `offset` and `plain` as Nomad takes them."""
    query = request.query_params
    task, stream = query.get("task", ""), query.get("type", "")
    if not task:
        raise BadRequest(400, "must provide task name")
    if stream not in ("stdout", "stderr"):
        raise BadRequest(400, "must provide log type (stdout/stderr)")
    found = _runner(request, task)
    if isinstance(found, Response):
        return found
    text, offset = _window(found.output.get(stream, ""), query.get("origin", ""), _offset(query.get("offset", "")))
    if query.get("plain") == "true":
        return Response(text, headers={"Content-Type": PLAIN})
    return Response(_frame(text, task, stream, offset), headers={"Content-Type": "application/json"})


def _offset(text: str) -> int:
    if text and not text.isdigit():
        raise BadRequest(400, f'error parsing offset: strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text or 0)


def _runner(request: Request, task: str) -> TaskRunner | Response:
    allocation_id = request.path_params["id"]
    desk = desk_of(request)
    if allocation_id not in desk.store.allocations:
        return _plain(404, f'Unknown allocation "{allocation_id}"')
    runner = desk.host.cluster.clients.runners.get(allocation_id)
    found = runner.tasks.get(task) if runner else None
    if runner is not None and found is None:
        return _plain(400, f'unknown task name "{task}"')
    if found is None or found.state.started_ns is None:
        return _plain(404, f'task "{task}" not started yet. No logs available')
    return found


def _plain(status: int, text: str) -> Response:
    return Response(text, status_code=status, headers={"Content-Type": PLAIN})


def _window(text: str, origin: str, offset: int) -> tuple[str, int]:
    """The part that was asked for, and the offset of its end."""
    start = max(0, len(text) - offset) if origin == "end" else min(offset, len(text))
    return text[start:], len(text)


def _frame(text: str, task: str, stream: str, offset: int) -> str:
    if not text:
        return ""
    data = base64.b64encode(text.encode()).decode()
    return json.dumps({"Data": data, "File": f"alloc/logs/{task}.{stream}.0", "Offset": offset}, separators=(",", ":"))
