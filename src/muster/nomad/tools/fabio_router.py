"""Fabio's admin API: how it routes now, and how it compares paths. It takes no token."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from muster.core.errors import ServiceFailureError
from muster.core.health import Health
from muster.core.http import Service, ServiceClient, connect
from muster.nomad.domain.estate.routes import Matcher, Route
from muster.nomad.domain.routing.fabio_tags import fabio_route

FABIO = Service(name="Fabio", address_setting="FABIO_ADMIN_ADDR")
ANSWER_S = 10.0


class _Row(BaseModel):
    """One target of a route, as /api/routes lists it."""

    service: str
    src: str
    dst: str = ""
    opts: str = ""
    weight: float = 1.0
    tags: tuple[str, ...] | None = None


class _Proxy(BaseModel):
    Matcher: Literal["prefix", "iprefix", "glob"] = "prefix"


class _Config(BaseModel):
    """The part of /api/config that decides who gets a request."""

    Proxy: _Proxy = _Proxy()


_ROWS: TypeAdapter[list[_Row] | None] = TypeAdapter(list[_Row] | None)


class FabioRouter:
    """Satisfies `Router`."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def routes(self) -> tuple[Route, ...]:
        """A route for each target. Raises a ServiceError when Fabio is away, or something else answers there."""
        response = self._client.get("/api/routes")
        body = self._client.json(response)
        try:
            rows = _ROWS.validate_python(body) or []
        except ValidationError as error:
            raise ServiceFailureError(
                "Fabio answered GET /api/routes with JSON that lists no routes",
                advice="Check FABIO_ADMIN_ADDR: it is the admin API (port 9998), not the proxy (port 9999).",
            ) from error
        matcher = self.matcher() if rows else "prefix"
        return tuple(_route(row, matcher) for row in rows)

    def matcher(self) -> Matcher:
        """How paths are compared; `prefix`, which is the default, where this Fabio does not tell."""
        response = self._client.get("/api/config", judge=False)
        if response.status_code != 200:
            return "prefix"
        try:
            return _Config.model_validate_json(response.content).Proxy.Matcher
        except ValidationError:
            return "prefix"

    def health(self) -> Health:
        """Whether it answers, with its version. Raises a ServiceError when it does not."""
        if self._client.get("/health").text.strip() != "OK":
            advice = "Check FABIO_ADMIN_ADDR: it is the admin API (port 9998), not the proxy (port 9999)."
            return Health("failing", detail="what answers at /health is not Fabio", advice=advice)
        version = self._client.get("/api/version").text.strip()[:40]
        count = len({(route.source, route.service) for route in self.routes()})
        return Health("ok", detail=f"Fabio {version}, {count} routes")


@contextmanager
def open_fabio(address: str, timeout_s: float = ANSWER_S) -> Generator[FabioRouter]:
    """Fabio's admin API at `http://host:9998`. Raises SettingsError for an address that can't be used."""
    with connect(address, service=FABIO, timeout_s=timeout_s) as client:
        yield FabioRouter(client)


def _route(row: _Row, matcher: Matcher) -> Route:
    options = [*row.opts.split(), *([f"weight={row.weight:g}"] if row.weight != 1 else [])]
    route = fabio_route(row.service, row.src, options, protocol=_scheme(row.dst), matcher=matcher)
    return route.model_copy(update={"target": row.dst, "tags": row.tags or ()})


def _scheme(target: str) -> str:
    try:
        return urlsplit(target).scheme
    except ValueError:
        return ""
