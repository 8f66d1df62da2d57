"""The HTTP APIs as Starlette applications, one for each service: what surrounds every request."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.nomad.embedded.consul.app import build_consul
from muster.nomad.embedded.doors import Service
from muster.nomad.embedded.fabio.app import build_fabio
from muster.nomad.embedded.http.answering import text_answer
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.http.faults import Faults, Faulty
from muster.nomad.embedded.http.routes import ROUTES, unknown_path, wrong_method
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.vault.app import build_vault

TIME_HEADER = b"x-muster-virtual-time"


def build_apps(desk: Desk, faults: Faults | None = None) -> Mapping[Service, ASGIApp]:
    """The applications for one cluster."""
    faults = faults or Faults()
    apps: dict[Service, Starlette] = {
        "nomad": _build_nomad(faults),
        "consul": build_consul(),
        "vault": build_vault(),
        "fabio": build_fabio(),
    }
    for app in apps.values():
        app.state.desk = desk
    trouble = desk.pace.trouble
    return {name: _Surroundings(Faulty(app, name, faults, trouble), desk) for name, app in apps.items()}


def _build_nomad(faults: Faults) -> Starlette:
    app = Starlette(
        routes=ROUTES,
        exception_handlers={BadRequest: _refuse, 404: unknown_path, 405: wrong_method},
    )
    app.state.faults = faults
    return app


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return text_answer(error.status, error.text)


class _Surroundings:
    """Counts requests for the pace and stamps answers with the cluster's time."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = f"{self._desk.host.now_ns / SECOND:.6f}".encode()
                message["headers"] = [*message["headers"], (TIME_HEADER, now)]
            await send(message)

        self._desk.pace.catch_up()
        self._desk.pace.enter()
        try:
            await self._app(scope, receive, stamped)
        finally:
            self._desk.pace.leave()
