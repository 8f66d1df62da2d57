"""The door of a service: who asks is known before anything else is done, and asks no more often than they may."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from muster.core.clock import Clock
from muster.core.web.api_keys import LOCAL, ApiKey, Caller, caller_of, is_loopback
from muster.core.web.problems import RefusedError, refused
from muster.core.web.rate_limit import RateLimit

_FAILED_PER_S = 5.0
"""Requests without a valid key, from one address."""


class Door:
    """Keeps the caller in `request.state.caller`; answers 401, 403 or 429 itself. Without keys it lets in who asks
    from this machine, and no web page of elsewhere. `open_paths` are for everybody: health. What begins with one of
    `own_tokens` asks for credentials of its own: it needs no key, where there are any."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Sequence[ApiKey],
        open_paths: Sequence[str],
        clock: Clock,
        own_tokens: Sequence[str] = (),
    ) -> None:
        self._app, self._keys, self._open = app, keys, frozenset(open_paths)
        self._own_tokens = tuple(own_tokens) if keys else ()
        self._limit = RateLimit(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"] in self._open or scope["path"].startswith(self._own_tokens):
            return await self._app(scope, receive, send)
        try:
            scope.setdefault("state", {})["caller"] = self._admit(scope)
        except RefusedError as error:
            return await refused(error)(scope, receive, send)
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> Caller:
        headers, (host, _) = Headers(scope=scope), scope.get("client") or ("", 0)
        caller = self._by_key(headers, host) if self._keys else _from_here(headers, host)
        if caller.requests_per_s is not None:
            self._count(caller.name, caller.requests_per_s)
        return caller

    def _by_key(self, headers: Headers, host: str) -> Caller:
        kind, _, given = headers.get("authorization", "").partition(" ")
        caller = caller_of(self._keys, given.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            self._count(f"{host} without a key", _FAILED_PER_S)
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED,
                "a valid API key is needed",
                advice="Send it as `Authorization: Bearer KEY`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return caller

    def _count(self, who: str, per_s: float) -> None:
        if wait_s := self._limit.wait_s(who, per_s):
            raise RefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"more than {per_s:g} requests a second",
                advice=f"Ask again in {wait_s} s.",
                headers={"Retry-After": str(wait_s)},
            )


def require(request: HTTPConnection, scope: str) -> Caller:
    """The caller, who may do that. Raises RefusedError (403) naming what their key lacks."""
    caller: Caller = request.state.caller
    if not caller.may(scope):
        raise RefusedError(
            HTTPStatus.FORBIDDEN, f"the key {caller.name} lacks the scope {scope}", advice="Use a key that has it."
        )
    return caller


def _from_here(headers: Headers, host: str) -> Caller:
    """A page of elsewhere that a browser on this machine shows is no caller from here: it is told by its Origin, or,
    where its name was made to point here, by the Host that it asks for."""
    asked, origin = urlsplit(f"//{headers.get('host', '')}").hostname, headers.get("origin")
    if not is_loopback(host):
        raise RefusedError(HTTPStatus.FORBIDDEN, "without API keys only this machine may ask")
    if not is_loopback(asked or "") or (origin is not None and not is_loopback(urlsplit(origin).hostname or "")):
        raise RefusedError(HTTPStatus.FORBIDDEN, "without API keys only this machine may ask, and by its own name")
    return LOCAL
