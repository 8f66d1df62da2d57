"""A request's body is read whole before anybody looks at it: at most so many bytes, in at most so many seconds."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.core.web.problems import RefusedError, refused

MOST_BYTES = 64 * 1024
PATIENCE_S = 10.0


class BodyLimit:
    """Answers 413 to what is larger, said or sent in pieces, and 408 to what does not arrive."""

    def __init__(self, app: ASGIApp, most_bytes: int = MOST_BYTES, patience_s: float = PATIENCE_S) -> None:
        self._app, self._most, self._patience_s = app, most_bytes, patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            body = await self._read(scope, receive)
        except RefusedError as error:
            return await refused(error)(scope, receive, send)
        if body is not None:
            await self._app(scope, _again(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body; None where the caller left. Raises RefusedError."""
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > self._most:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._gather(receive)
        except TimeoutError as error:
            advice = "Send it at once."
            message = f"the body did not arrive within {self._patience_s:g} s"
            raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, message, advice=advice, headers=_CLOSE) from error

    async def _gather(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if len(body) > self._most:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)
        return None

    def _too_large(self) -> RefusedError:
        message = f"the body is larger than {self._most} bytes"
        return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message, headers=_CLOSE)


_CLOSE = {"Connection": "close"}
"""The rest of the body is not read."""


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once, then whatever comes: that the caller left."""
    kept: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return kept.pop() if kept else await receive()

    return receive_again
