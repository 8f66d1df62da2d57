"""The agent itself, its members and health, the status and regions over HTTP."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.desk import Desk, desk_of

Json = dict[str, Any]
_SHAPE = Path(__file__).with_name("agent_self.json")
"""What Nomad 1.1.2 says of itself, from the recordings, without what belongs to a host."""
RPC_OFFSET, SERF_OFFSET = 1, 2
"""A development agent's other ports follow that of HTTP; nobody listens there."""


@cache
def _shape() -> str:
    return _SHAPE.read_text()


async def read_self(request: Request) -> Response:
    """GET /v1/agent/self"""
    desk = desk_of(request)
    shape: Json = json.loads(_shape())
    config, port = shape["config"], _port(desk)
    ports = {"HTTP": port, "RPC": port + RPC_OFFSET, "Serf": port + SERF_OFFSET}
    config["ACL"]["Enabled"] = desk.host.acl
    config["AdvertiseAddrs"] = {name: f"127.0.0.1:{number}" for name, number in ports.items()}
    config["Ports"] = ports
    config["Vault"]["Enabled"] = desk.vault
    return json_answer({"config": config, "member": _member(desk), "stats": _stats(desk, shape["stats"])})


def _stats(desk: Desk, shape: Json) -> Json:
    cluster, leader = desk.host.cluster, rpc_address(desk)
    index = str(desk.store.index)
    shape["raft"] |= dict.fromkeys(("last_log_index", "commit_index", "applied_index"), index)
    shape["raft"]["latest_configuration"] = f"[{{Suffrage:Voter ID:{leader} Address:{leader}}}]"
    shape["nomad"]["leader_addr"] = leader
    shape["client"]["known_servers"] = leader
    shape["client"] |= {"node_id": cluster.nodes[0].id, "num_allocations": str(len(desk.store.allocations))}
    return shape


def _member(desk: Desk) -> Json:
    member: Json = json.loads(_shape())["member"]
    port = _port(desk)
    return {
        **member,
        "Port": port + SERF_OFFSET,
        "Tags": {**member["Tags"], "port": str(port + RPC_OFFSET)},
    }


async def list_members(request: Request) -> Response:
    """GET /v1/agent/members"""
    members = [_member(desk_of(request))]
    return json_answer(
        {"Members": members, "ServerDC": "dc1", "ServerName": "embedded", "ServerRegion": "global"},
    )


async def list_servers(request: Request) -> Response:
    """GET /v1/agent/servers"""
    return json_answer([rpc_address(desk_of(request))])


async def read_health(request: Request) -> Response:
    """GET /v1/agent/health, of both or with `type` of one."""
    asked = request.query_params.get("type", "")
    parts = ("client", "server")
    return json_answer({part: {"message": "ok", "ok": True} for part in parts if asked in ("", part)})


def _port(desk: Desk) -> int:
    return int(desk.address.rsplit(":", 1)[1])


def rpc_address(desk: Desk) -> str:
    """Where the servers' own protocol would be spoken."""
    return f"127.0.0.1:{_port(desk) + RPC_OFFSET}"


async def read_leader(request: Request) -> Response:
    """GET /v1/status/leader"""
    return json_answer(rpc_address(desk_of(request)))


async def read_peers(request: Request) -> Response:
    """GET /v1/status/peers"""
    return json_answer([rpc_address(desk_of(request))])


async def list_regions(_: Request) -> Response:
    """GET /v1/regions"""
    return json_answer(["global"])
