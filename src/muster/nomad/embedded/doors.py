"""The doors of the process: one loopback port for each service, which can be shut as if the service were down."""

import asyncio
import socket
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Literal

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

Service = Literal["nomad", "consul", "vault", "fabio"]
SERVICES: tuple[Service, ...] = ("nomad", "consul", "vault", "fabio")
HOST = "127.0.0.1"


class ByPort:
    """Hands a request to the service whose port it came to."""

    def __init__(self, apps: Mapping[int, ASGIApp]) -> None:
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; called by the server."""
        await self._apps[scope["server"][1]](scope, receive, send)


class Doors:
    """Opens and shuts the ports of a running server; a shut port stays ours, and refuses connections."""

    def __init__(self, server: uvicorn.Server, ports: Mapping[Service, int]) -> None:
        self._server = server
        self._ports = ports
        self._held: dict[Service, socket.socket] = {}

    async def only_shut(self, services: Collection[Service]) -> None:
        """Shut these, open all others."""
        for service in self._ports:
            if service in services and service not in self._held:
                self._shut(service)
            elif service not in services and service in self._held:
                await self._open(service)

    def _shut(self, service: Service) -> None:
        port = self._ports[service]
        for listening in [one for one in self._server.servers if _port_of(one) == port]:
            self._server.servers.remove(listening)
            listening.close()
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport.get_extra_info("sockname")[1] == port:
                transport.abort()
        self._held[service] = _bound(port)

    async def _open(self, service: Service) -> None:
        config, state = self._server.config, self._server.server_state

        def protocol() -> asyncio.Protocol:
            return config.http_protocol_class(config=config, server_state=state, app_state={})  # pyright: ignore[reportCallIssue] it is uvicorn's own call

        held = self._held.pop(service)
        self._server.servers.append(await asyncio.get_running_loop().create_server(protocol, sock=held))


def _port_of(listening: asyncio.base_events.Server) -> int:
    return next((one.getsockname()[1] for one in listening.sockets), 0)


def _bound(port: int) -> socket.socket:
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((HOST, port))
    return held


def take_again(port: int) -> socket.socket:
    """Listen where it listened last time, else on a free port."""
    with suppress(OSError):
        return socket.create_server((HOST, port))
    return socket.create_server((HOST, 0))
