"""Consul's catalog and health endpoints."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.consul.access import Rights, rights
from muster.nomad.embedded.consul.answering import consul_of, datacenter, read_answer, told
from muster.nomad.embedded.consul.registrations import Registration, registrations
from muster.nomad.embedded.consul.rendering import catalog_row, check_row, health_row, node_check, node_row
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.scheduler.nodes import Node

Json = dict[str, Any]


def listed(request: Request, allowed: Rights) -> tuple[int, list[Registration]]:
    """What a token may see of the catalog, and the index of its last change."""
    desk, consul = desk_of(request), consul_of(request)
    found = registrations(desk.host.cluster, desk.address, desk.fabio)
    if found != consul.catalog:
        consul.catalog, consul.catalog_index = found, consul.advance()
    seen = [one for one in found if allowed.reads("service", one.name) and allowed.reads("node", one.node.name)]
    return consul.catalog_index, seen


def _lost(request: Request, node: Node) -> bool:
    return desk_of(request).host.cluster.clients.is_away(node.id)


async def list_datacenters(request: Request) -> Response:
    """GET /v1/catalog/datacenters"""
    return told(request, [datacenter(request)])


async def list_nodes(request: Request) -> Response:
    """GET /v1/catalog/nodes"""
    allowed = rights(request)

    def read() -> tuple[int, Any]:
        index, _ = listed(request, allowed)
        nodes = [node for node in desk_of(request).host.cluster.nodes if "consul.version" in node.attributes]
        return index, [node_row(node, datacenter(request)) for node in nodes if allowed.reads("node", node.name)]

    return await read_answer(request, read)


async def list_services(request: Request) -> Response:
    """GET /v1/catalog/services: names with their tags"""
    allowed = rights(request)

    def read() -> tuple[int, Any]:
        index, found = listed(request, allowed)
        tags: dict[str, dict[str, None]] = {}
        for one in sorted(found, key=lambda one: one.name):
            tags.setdefault(one.name, {}).update(dict.fromkeys(one.tags))
        return index, {name: list(known) for name, known in tags.items()}

    return await read_answer(request, read)


async def read_service(request: Request) -> Response:
    """GET /v1/catalog/service/:name, with `tag`"""
    allowed = rights(request)

    def read() -> tuple[int, Any]:
        index, found = _instances(request, allowed)
        return index, [catalog_row(one, datacenter(request)) for one in found]

    return await read_answer(request, read)


def _instances(request: Request, allowed: Rights) -> tuple[int, list[Registration]]:
    name, tags = request.path_params["name"], request.query_params.getlist("tag")
    index, found = listed(request, allowed)
    return index, [one for one in found if one.name == name and all(tag in one.tags for tag in tags)]


async def read_health(request: Request) -> Response:
    """GET /v1/health/service/:name, with `passing` only those all of whose checks pass"""
    allowed, asked = rights(request), request.query_params
    passing = "passing" in asked and asked["passing"] not in ("0", "false")

    def read() -> tuple[int, Any]:
        index, found = _instances(request, allowed)
        shown = [one for one in found if not passing or (one.passing and not _lost(request, one.node))]
        return index, [health_row(one, datacenter(request), lost=_lost(request, one.node)) for one in shown]

    return await read_answer(request, read)


async def list_checks(request: Request) -> Response:
    """GET /v1/health/checks/:name"""
    allowed = rights(request)

    def read() -> tuple[int, Any]:
        index, found = _instances(request, allowed)
        return index, [check_row(one, check) for one in found for check in one.checks]

    return await read_answer(request, read)


async def list_state(request: Request) -> Response:
    """GET /v1/health/state/:state, `any` for all"""
    state = request.path_params["state"]
    return await _checks(request, lambda row: state in ("any", row["Status"]))


async def list_node_checks(request: Request) -> Response:
    """GET /v1/health/node/:name"""
    name = request.path_params["name"]
    return await _checks(request, lambda row: row["Node"] == name)


async def _checks(request: Request, wanted: Callable[[Json], bool]) -> Response:
    allowed = rights(request)

    def read() -> tuple[int, Any]:
        index, found = listed(request, allowed)
        nodes = [node for node in desk_of(request).host.cluster.nodes if "consul.version" in node.attributes]
        rows = [node_check(node, lost=_lost(request, node)) for node in nodes if allowed.reads("node", node.name)]
        rows += [check_row(one, check) for one in found for check in one.checks]
        return index, [row for row in rows if wanted(row)]

    return await read_answer(request, read)
