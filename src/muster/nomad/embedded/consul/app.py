"""Consul's HTTP API as a Starlette application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from muster.nomad.embedded.consul import agent, catalog, kv, tokens
from muster.nomad.embedded.consul.answering import plain_headers, refused
from muster.nomad.embedded.http.answering import TEXT_TYPE
from muster.nomad.embedded.http.asking import BadRequest

KV = "/v1/kv/{key:path}"
ROUTES = [
    Route(KV, kv.read_key),
    Route(KV, kv.write_key, methods=["PUT"]),
    Route(KV, kv.delete_key, methods=["DELETE"]),
    Route("/v1/status/leader", agent.read_leader),
    Route("/v1/status/peers", agent.read_peers),
    Route("/v1/catalog/datacenters", catalog.list_datacenters),
    Route("/v1/catalog/nodes", catalog.list_nodes),
    Route("/v1/catalog/services", catalog.list_services),
    Route("/v1/catalog/service/{name}", catalog.read_service),
    Route("/v1/health/service/{name}", catalog.read_health),
    Route("/v1/health/checks/{name}", catalog.list_checks),
    Route("/v1/health/state/{state}", catalog.list_state),
    Route("/v1/health/node/{name}", catalog.list_node_checks),
    Route("/v1/agent/self", agent.read_self),
    Route("/v1/agent/services", agent.list_services),
    Route("/v1/agent/checks", agent.list_checks),
    Route("/v1/agent/health/service/name/{name}", agent.read_health),
    Route("/v1/agent/service/register", agent.register_service, methods=["PUT"]),
    Route("/v1/agent/service/deregister/{id:path}", agent.deregister_service, methods=["PUT"]),
    Route("/v1/acl/token/self", tokens.read_own),
    Route("/v1/acl/policy", tokens.write_policy, methods=["PUT"]),
    Route("/v1/acl/token", tokens.write_token, methods=["PUT"]),
]


def build_consul() -> Starlette:
    """The application; its desk is set by who builds all of them."""
    return Starlette(routes=ROUTES, exception_handlers={BadRequest: _refuse, 404: _unknown, 405: _wrong_method})


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return refused(request, error)


async def _unknown(_: Request, __: Exception) -> Response:
    return Response(status_code=404)


async def _wrong_method(request: Request, __: Exception) -> Response:
    here = [route for route in ROUTES if route.path_regex.match(request.url.path)]
    taken = {"OPTIONS", *(method for route in here for method in route.methods or ())}
    allowed = [method for method in ("OPTIONS", "GET", "PUT", "DELETE") if method in taken]
    headers = {**plain_headers(request), "Allow": ",".join(allowed), "Content-Type": TEXT_TYPE}
    return Response(f"method {request.method} not allowed", 405, headers)
