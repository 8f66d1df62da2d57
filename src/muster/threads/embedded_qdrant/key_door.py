"""Qdrant's way to ask for its key: the header `api-key`, or a bearer token. Health is for everybody."""

import hmac
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from muster.threads.embedded_qdrant.answers import failure


class KeyDoor:
    """Answers 401 to who has not the key."""

    def __init__(self, app: ASGIApp, *, key: str, open_paths: Sequence[str]) -> None:
        self._app, self._key, self._open = app, key.encode(), frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] not in self._open and not self._has_key(Headers(scope=scope)):
            return await failure(401, "Must provide an API key: header api-key")(scope, receive, send)
        await self._app(scope, receive, send)

    def _has_key(self, headers: Headers) -> bool:
        given = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(errors="replace"), self._key)
