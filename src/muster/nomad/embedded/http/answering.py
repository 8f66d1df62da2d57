"""Answers as Nomad gives them: JSON or plain text, with the index and the cluster's clock in the headers."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from muster.nomad.embedded.http.asking import Blocking
from muster.nomad.embedded.http.desk import Desk

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"

Read = Callable[[], tuple[int, Any]]


class NotFound:
    """A body that is not there; the text is the server's."""

    def __init__(self, text: str) -> None:
        self.text = text


class JsonAnswer(Response):
    """A body of JSON, laid out for a reader where the request says `pretty`."""

    media_type = JSON_TYPE

    def __init__(self, content: Any, headers: dict[str, str] | None = None) -> None:
        self._content = content
        super().__init__(json.dumps(content, separators=(",", ":")), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; called by Starlette."""
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("pretty", ["0"])
        if asked[0] != "0":
            self.body = json.dumps(self._content, indent=4).encode() + b"\n"
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def json_answer(content: Any, headers: dict[str, str] | None = None) -> Response:
    """A body of JSON."""
    return JsonAnswer(content, headers)


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
    await hold(request, query, lambda: read()[0])
    index, content = read()
    if isinstance(content, NotFound):
        return text_answer(404, content.text, read_headers(index))
    return json_answer(content, read_headers(index))


async def hold(request: Request, query: Blocking, index: Callable[[], int]) -> None:
    """Hold a blocking query until the index is beyond the one that it knows, or its wait is over."""
    desk: Desk = request.app.state.desk
    if query.index:
        await _wait(request, desk.pace.wait(lambda: index() > query.index, query.wait_ns))


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
