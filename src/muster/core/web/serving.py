"""A web service's server: uvicorn, in the foreground of a process or in a thread with a port of its own."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from muster.core.errors import UsageError

_FAREWELL_S = 5
_START_S = 30


class _Uvicorn(uvicorn.Server):
    """Tells the application before it waits for requests to end, so that endless streams do."""

    def __init__(self, config: uvicorn.Config, before_close: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_close = before_close
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Uvicorn's own; then somebody may ask."""
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Uvicorn's own, after the application was told."""
        self._before_close()
        await super().shutdown(sockets)


def serve(app: ASGIApp, host: str, port: int, *, before_close: Callable[[], None] = lambda: None) -> None:
    """Run until SIGINT or SIGTERM, then let requests end. Raises UsageError for an address that can't be had."""
    listening = listen(host, port)
    try:
        _Uvicorn(_config(app), before_close).run([listening])
    finally:
        listening.close()


class ServerThread:
    """A server beside the caller's own work. Runs within its `with` block; port 0 takes a free one.

    Raises UsageError for an address that can't be had, RuntimeError where the application does not start.
    """

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, before_close: Callable[[], None] = lambda: None
    ) -> None:
        self._listening = listen(host, port)
        self.host, self.port = host, int(self._listening.getsockname()[1])
        self._server = _Uvicorn(_config(app), before_close)
        self._thread = threading.Thread(target=self._run, name=f"web-{self.port}", daemon=True)

    @property
    def address(self) -> str:
        """Its base URL."""
        return f"http://{self.host}:{self.port}"

    def _run(self) -> None:
        try:
            with suppress(SystemExit):  # uvicorn's word for an application that does not start
                self._server.run([self._listening])
        finally:
            self._server.up.set()  # whoever waits looks whether it started

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._server.up.wait(_START_S) or not self._server.started:
            self.__exit__(None, None, None)
            raise RuntimeError("the web application did not start; its log says why")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_FAREWELL_S * 2)
        self._listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises UsageError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, proto=socket.IPPROTO_TCP)  # unnamed, asyncio leaves Nagle on: 40 ms an answer
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} of {host} can't be had: {error.strerror}", advice="Stop what listens there, or take another."
        ) from error
    return listening


def _config(app: ASGIApp) -> uvicorn.Config:
    """Callers' addresses are those of their connections: no proxy is believed. Logs are the process' own."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_FAREWELL_S,
    )
