"""Headers of every answer: what browsers must not do with it, and the id that its request is known by."""

import re
from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

CORRELATION_ID = "X-Correlation-Id"
SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_AN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Heading:
    """Takes the caller's correlation id, or makes one; binds it to the log lines of the request, keeps it in
    `request.state.correlation_id`, and sends it back beside the security headers, which an answer may set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        asked = Headers(scope=scope).get(CORRELATION_ID, "")
        correlation_id = asked if _AN_ID.fullmatch(asked) else uuid4().hex
        scope.setdefault("state", {})["correlation_id"] = correlation_id

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_ID] = correlation_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, send_headed)
