"""The agent's own endpoints, and the status of Consul's servers."""

import json
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.consul.access import allow, rights
from muster.nomad.embedded.consul.answering import datacenter, plain_headers, told
from muster.nomad.embedded.consul.catalog import listed
from muster.nomad.embedded.consul.rendering import NODE_META, agent_check, agent_row, check_row
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.scheduler.nodes import CONSUL_VERSION

Json = dict[str, Any]
NOT_SERVICES_OF_THE_AGENT = ("consul",)
RPC_OFFSET = -200
"""The servers' own port lies below that of HTTP, as 8300 does below 8500; nobody listens there."""


async def read_leader(request: Request) -> Response:
    """GET /v1/status/leader: told to everybody"""
    return told(request, _leader(request))


async def read_peers(request: Request) -> Response:
    """GET /v1/status/peers"""
    return told(request, [_leader(request)])


def _leader(request: Request) -> str:
    host, _, port = desk_of(request).consul.rpartition(":")
    return f"{host}:{int(port) + RPC_OFFSET}"


async def read_self(request: Request) -> Response:
    """GET /v1/agent/self, without the configuration in detail"""
    node = desk_of(request).host.cluster.nodes[0]
    allow(rights(request).reads("agent", node.name))
    version = node.attributes.get("consul.version", CONSUL_VERSION)
    config = {
        "Datacenter": datacenter(request),
        "PrimaryDatacenter": datacenter(request),
        "NodeName": node.name,
        "NodeID": stable_identifier("consul", node.id),
        "Revision": "embedded",
        "Server": True,
        "Version": version,
    }
    tags = {"dc": datacenter(request)}
    member: Json = {"Name": node.name, "Addr": node.address, "Port": 8301, "Tags": tags, "Status": 1}
    return told(request, {"Config": config, "Member": member, "Meta": dict(NODE_META), "Stats": {}})


async def list_services(request: Request) -> Response:
    """GET /v1/agent/services"""
    _, found = listed(request, rights(request))
    own = [one for one in found if one.name not in NOT_SERVICES_OF_THE_AGENT]
    return told(request, {one.id: agent_row(one, datacenter(request)) for one in own})


async def list_checks(request: Request) -> Response:
    """GET /v1/agent/checks"""
    _, found = listed(request, rights(request))
    return told(request, {check.id: check_row(one, check, fresh=True) for one in found for check in one.checks})


async def read_health(request: Request) -> Response:
    """GET /v1/agent/health/service/name/:name: 200, or 503 where an instance fails, 404 for an unknown one"""
    name, (_, found) = request.path_params["name"], listed(request, rights(request))
    shown = [one for one in found if one.name == name]
    status = "passing" if all(one.passing for one in shown) else "critical"
    rows = [
        {
            "AggregatedStatus": "passing" if one.passing else "critical",
            "Service": agent_row(one, datacenter(request)),
            "Checks": [agent_check(one, check) for check in one.checks],
        }
        for one in shown
    ]
    answer = told(request, rows, 404 if not shown else 200 if status == "passing" else 503)
    answer.headers["X-Consul-Reason"] = status if shown else f"ServiceName {name} Not Found"
    return answer


async def register_service(request: Request) -> Response:
    """PUT /v1/agent/service/register: a service that no job has"""
    sent = _decoded(await request.body())
    name = str(sent.get("Name") or "")
    if not name:
        raise BadRequest(400, "Missing service name")
    allow(rights(request).writes("service", name))
    identifier = str(sent.get("ID") or name)
    content = {
        "ID": identifier,
        "Name": name,
        "Tags": [str(tag) for tag in sent.get("Tags") or ()],
        "Address": str(sent.get("Address") or ""),
        "Port": int(sent.get("Port") or 0),
        "Meta": sent.get("Meta"),
        "Checks": [str(check.get("Status") or "critical") for check in _checks(sent)],
    }
    settle(request, "consul_put_service", name=identifier, content=content)
    return Response(headers=plain_headers(request))


def _checks(sent: Json) -> list[Json]:
    one: Json | None = sent.get("Check")
    return [*([one] if one else []), *(sent.get("Checks") or [])]


def _decoded(raw: bytes) -> Json:
    try:
        decoded: object = json.loads(raw)
    except ValueError as error:
        raise BadRequest(400, f"Request decode failed: {error}") from error
    if not isinstance(decoded, dict):
        raise BadRequest(400, "Request decode failed: it is no object")
    return cast("Json", decoded)


async def deregister_service(request: Request) -> Response:
    """PUT /v1/agent/service/deregister/:id"""
    identifier = request.path_params["id"]
    row = desk_of(request).host.cluster.consul.services.get(identifier)
    if row is None:
        hint = "Ensure that the service ID is passed, not the service name."
        raise BadRequest(404, f'Unknown service ID "{identifier}". {hint}')
    allow(rights(request).writes("service", row["Name"]))
    settle(request, "consul_remove_service", name=identifier)
    return Response(headers=plain_headers(request))
