"""Answers as Nomad gives them: JSON or plain text, with the index and the cluster's clock in the headers."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.asking import Blocking
from muster.nomad.embedded.http.desk import Desk

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"

Read = Callable[[], tuple[int, Any]]


class NotFound:
    """A body that is not there; the text is the server's."""

    def __init__(self, text: str) -> None:
        self.text = text


def json_answer(content: Any, headers: dict[str, str] | None = None) -> Response:
    """A body of JSON."""
    raw = json.dumps(content, separators=(",", ":"))
    return Response(raw, media_type=JSON_TYPE, headers=headers)


def text_answer(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """A plain-text body: Nomad's errors."""
    return Response(text, status_code=status, headers={**(headers or {}), "Content-Type": TEXT_TYPE})


def write_answer(content: Any, index: int) -> Response:
    """The answer to a write."""
    return json_answer(content, {"X-Nomad-Index": str(index)})


def read_headers(index: int) -> dict[str, str]:
    """What a leader says with each read."""
    return {"X-Nomad-Index": str(index), "X-Nomad-Knownleader": "true", "X-Nomad-Lastcontact": "0"}


async def read_answer(request: Request, query: Blocking, read: Read) -> Response:
    """Answer a read, after the wait that it asks for; a body of None is JSON's null."""
    desk: Desk = request.app.state.desk
    if query.index:
        await _wait(request, desk.pace.wait(lambda: read()[0] > query.index, query.wait_ns))
    index, content = read()
    if isinstance(content, NotFound):
        return text_answer(404, content.text, read_headers(index))
    return json_answer(content, read_headers(index))


async def _wait(request: Request, waiting: Coroutine[Any, Any, None]) -> None:
    """Wait, but not for a client that went away: time must not run on for it."""
    tasks = [asyncio.ensure_future(waiting), asyncio.ensure_future(_left(request))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
