"""What a task is followed by through all services: a correlation id in every log line, and one trace.

Both go with HTTP requests (`http_headers`) and with messages (`carried`), and are taken up by `continued`. Requests to
a service are taken up by `mount_hops`.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars

from muster.core.observability.tracing import below, span, traceparent
from muster.threads.common.settings import ServiceName

HEADER = "X-Correlation-ID"
_KEY = "correlation_id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNTOLD = frozenset({"/health", "/ready", "/metrics"})
"""Asked again and again by machines: no spans of these."""


def correlation_id() -> str:
    """Of what is worked on here; empty outside of any work."""
    return str(cast("dict[str, object]", get_contextvars()).get(_KEY, ""))


def carried() -> dict[str, str]:
    """What goes with a message, and into `tasks.trace_context` but for the id: `correlation_id` and `traceparent`,
    each where there is one."""
    both = {_KEY: correlation_id(), "traceparent": traceparent()}
    return {name: value for name, value in both.items() if value}


def http_headers() -> dict[str, str]:
    """What goes with a request: the same as headers of HTTP."""
    return {HEADER if name == _KEY else name: value for name, value in carried().items()}


def carry_on(request: httpx.Request) -> None:
    """Give a request of ours these headers: for `connect(..., before=[carry_on])`."""
    request.headers.update(http_headers())


@contextmanager
def continued(headers: Mapping[str, object], **facts: str) -> Generator[str]:
    """Go on with the work that a message's headers name; gives its correlation id, a new one where they name none that
    can be used. The facts (`service`, `task_id`) stand in every log line of the block."""
    found = _usable(headers.get(_KEY)) or uuid4().hex
    with bound_contextvars(**{_KEY: found, **facts}), below(str(headers.get("traceparent") or "")):
        yield found


def mount_hops(app: Starlette, service: ServiceName) -> None:
    """Have each request of the app continue what its headers name, in a span of its own; the answer names the id."""
    app.add_middleware(_Hop, service=service)


def _usable(given: object) -> str:
    return given if isinstance(given, str) and _ID.fullmatch(given) else ""


class _Hop:
    def __init__(self, app: ASGIApp, service: ServiceName) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = headers.get(HEADER) or correlation_id()  # which a layer around this one may have given it
        told = {_KEY: named, "traceparent": headers.get("traceparent", "")}
        with continued(told, service=self._service) as found:
            await self._serve(scope, receive, _naming(found, send))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _UNTOLD:
            await self._app(scope, receive, send)
            return
        with span(f"{self._service} {scope['method']}") as current:
            await self._app(scope, receive, send)
            current.set(route=str(getattr(scope.get("route"), "path", "") or "unmatched"))


def _naming(found: str, send: Send) -> Send:
    async def name(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = found
        await send(message)

    return name
