"""The layer around the endpoints where faults strike: before a call is done, or after, or in its answer."""

import asyncio
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.threads.fake_threads import graph_errors as refuse
from muster.threads.fake_threads.containers import CONTAINER_PREFIX
from muster.threads.fake_threads.faults import Endpoint, Fault, FaultKind, FaultPlan
from muster.threads.fake_threads.platform import Platform

ENDS = "container_ends"
"""Key of the request's state: what the container that is made will come to."""
_ENDPOINTS: tuple[tuple[Endpoint, str], ...] = (
    ("create", r"POST /v1\.0/[^/]+/threads"),
    ("publish", r"POST /v1\.0/[^/]+/threads_publish"),
    ("quota", r"GET /v1\.0/[^/]+/threads_publishing_limit"),
    ("posts", r"GET /v1\.0/[^/]+/threads"),
    ("insights", r"GET /v1\.0/[^/]+/(?:threads_)?insights"),
    ("replies", r"(?:GET|POST) /v1\.0/[^/]+/(?:replies|conversation|manage_reply)"),
    ("status", rf"GET /v1\.0/{CONTAINER_PREFIX}\d+"),
    ("node", r"GET /v1\.0/[^/]+"),
    ("token", r"(?:GET /oauth/authorize|POST /oauth/access_token|GET /access_token)"),
    ("refresh", r"GET /refresh_access_token"),
    ("facade", r"(?:POST /publish|GET /published)"),
)


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """What a request asks for; None where no fault strikes."""
    return next((name for name, shape in _ENDPOINTS if re.fullmatch(shape, f"{method} {path}")), None)


class Failing:
    """ASGI middleware: counts calls, and lets some of them fail."""

    def __init__(self, app: ASGIApp, *, plan: FaultPlan, platform: Platform) -> None:
        self._app, self._plan, self._platform = app, plan, platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        endpoint = endpoint_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            return await self._app(scope, receive, send)
        self._platform.calls[endpoint] += 1
        struck = self._plan.draw(endpoint)
        if struck is None:
            return await self._app(scope, receive, send)
        await self._fail(*struck, scope, receive, send)

    async def _fail(self, kind: FaultKind, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match kind:
            case "timeout_before":
                await _hold(fault.hold_s, receive)
                await refuse.away(504).response()(scope, receive, send)
            case "timeout_after" | "cut_after" | "error_after":
                await self._app(scope, receive, _unheard)
                await _break_off(kind, fault, scope, receive, send)
            case "container_error" | "container_expired":
                scope.setdefault("state", {})[ENDS] = "ERROR" if kind == "container_error" else "EXPIRED"
                await self._app(scope, receive, send)
            case _:
                await _refusal(kind, fault).response()(scope, receive, send)


def _refusal(kind: FaultKind, fault: Fault) -> refuse.GraphError:
    match kind:
        case "rate_limited":
            return refuse.too_many_calls(fault.retry_after_s)
        case "not_ready":
            return refuse.not_ready("0")
        case "expired_token":
            return refuse.expired_token()
        case _:
            return refuse.away(502 if kind == "error_502" else 500)


async def _break_off(kind: FaultKind, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    """What was done stays done; the client does not hear of it."""
    if kind == "cut_after":
        length = [(b"content-type", b"application/json"), (b"content-length", b"64")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b'{"id": "', "more_body": True})
        return  # the server cuts a connection whose answer is shorter than it said
    if kind == "timeout_after":
        await _hold(fault.hold_s, receive)
    await refuse.away(504 if kind == "timeout_after" else 500).response()(scope, receive, send)


async def _hold(seconds: float, receive: Receive) -> None:
    """Until the client hangs up, or so long."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _unheard(message: Message) -> None:
    """An answer that goes nowhere."""
