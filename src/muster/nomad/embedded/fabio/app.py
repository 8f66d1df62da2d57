"""Fabio's admin API as a Starlette application."""

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from muster.nomad.embedded.consul.registrations import registrations
from muster.nomad.embedded.fabio.routes import rendered, routes_of
from muster.nomad.embedded.http.answering import TEXT_TYPE
from muster.nomad.embedded.http.desk import desk_of

Json = dict[str, Any]
_CONFIG = Path(__file__).with_name("config.json")
"""What Fabio 1.6.2 says of its configuration when nobody set anything, from the recordings."""
VERSION = "1.6.2"
ELSEWHERE = '<a href="/routes">See Other</a>.\n\n'
HTML = "text/html; charset=utf-8"
MANUAL_KEY = "fabio/config"


def _json(content: Any) -> Response:
    return Response(json.dumps(content), media_type="application/json; charset=utf-8")


async def list_routes(request: Request) -> Response:
    """GET /api/routes, with `raw` as lines; null where there is none"""
    desk = desk_of(request)
    cluster = desk.host.cluster
    found = registrations(cluster, desk.address, desk.fabio)
    routes = routes_of(one for one in found if not cluster.clients.is_away(one.node.id))
    if "raw" in request.query_params:
        lines = "".join(f"{route.command()}\n" for route in sorted(routes, key=lambda one: one.host, reverse=True))
        return Response(lines, headers={"Content-Type": "text/plain"})
    return _json([rendered(route) for route in routes] or None)


async def read_config(request: Request) -> Response:
    """GET /api/config"""
    config: Json = json.loads(_CONFIG.read_text())
    desk = desk_of(request)
    config["Registry"]["Consul"] |= {"Addr": desk.consul, "ServiceAddr": desk.fabio}
    config["UI"]["Listen"]["Addr"] = desk.fabio
    return _json(config)


async def read_version(_: Request) -> Response:
    """GET /api/version"""
    return Response(VERSION, headers={"Content-Type": TEXT_TYPE})


async def read_health(_: Request) -> Response:
    """GET /health"""
    return Response("OK\n", headers={"Content-Type": TEXT_TYPE})


async def read_manual(request: Request) -> Response:
    """GET /api/manual: what a person wrote into Consul for it; it makes no routes here"""
    pair = desk_of(request).host.cluster.consul.pairs.get(MANUAL_KEY)
    value = pair.value.decode(errors="replace") if pair else ""
    return _json({"value": value, "version": str(pair.modify_index) if pair else "1"})


async def list_paths(_: Request) -> Response:
    """GET /api/paths: the paths below Fabio's own key in Consul that hold manual routes; there are none"""
    return _json(None)


async def show_page(_: Request) -> Response:
    """GET /routes: where a person would look"""
    return Response("<!doctype html><title>fabio</title>", headers={"Content-Type": HTML})


ROUTES = [
    Route("/api/routes", list_routes),
    Route("/api/config", read_config),
    Route("/api/version", read_version),
    Route("/api/manual", read_manual),
    Route("/api/paths", list_paths),
    Route("/health", read_health),
    Route("/routes", show_page),
]


def build_fabio() -> Starlette:
    """The application; its desk is set by who builds all of them."""
    return Starlette(routes=ROUTES, exception_handlers={404: _elsewhere})


async def _elsewhere(_: Request, __: Exception) -> Response:
    return Response(ELSEWHERE, 303, {"Location": "/routes", "Content-Type": HTML})
