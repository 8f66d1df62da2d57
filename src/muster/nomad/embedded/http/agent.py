"""The agent itself, its members and health, the status and regions over HTTP."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.desk import Desk, desk_of

Json = dict[str, Any]
_SHAPE = Path(__file__).with_name("agent_self.json")
"""What Nomad 1.1.2 says of itself, from the recordings, without what belongs to a host."""
HTML = "text/html; charset=utf-8"
NO_INTERFACE = (
    "<!DOCTYPE html>\n<html>\n"
    "<p>Nomad UI is not available in this binary. To get Nomad UI do one of the following:</p>\n"
    '<ul>\n<li><a href="https://www.nomadproject.io/downloads.html">Download an official release</a></li>\n'
    "<li>Run <pre>make release</pre> to create your own release binaries.\n"
    "<li>Run <pre>make dev-ui</pre> to create a development binary with the UI.\n</ul>\n</html>\n"
)
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
    config["NodeName"] = _name(desk)
    config["Client"] |= _client(desk)
    config["Vault"]["Enabled"] = desk.vault
    return json_answer({"config": config, "member": _member(desk), "stats": _stats(desk, shape["stats"])})


def _client(desk: Desk) -> Json:
    """What the agent's own node says of itself."""
    node = desk.host.cluster.nodes[0]
    volumes = [{"Name": n, "Path": v.path, "ReadOnly": v.read_only} for n, v in node.host_volumes.items()]
    return {
        "HostVolumes": volumes or None,
        "Meta": dict(node.meta),
        "NodeClass": node.node_class,
        "Reserved": {
            **{"CPU": 0, "Cores": "", "DiskMB": 0, "MemoryMB": 0},
            "ReservedPorts": ",".join(map(str, node.reserved_ports)),
        },
    }


def _name(desk: Desk) -> str:
    """The agent is server and first node at once, as a development agent is."""
    return desk.host.cluster.nodes[0].name


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
        "Name": f"{_name(desk)}.global",
        "Port": port + SERF_OFFSET,
        "Tags": {**member["Tags"], "id": stable_identifier("server"), "port": str(port + RPC_OFFSET)},
    }


async def list_members(request: Request) -> Response:
    """GET /v1/agent/members"""
    desk = desk_of(request)
    return json_answer(
        {"Members": [_member(desk)], "ServerDC": "dc1", "ServerName": _name(desk), "ServerRegion": "global"},
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


async def lead_to_interface(_: Request) -> Response:
    """GET /: Nomad leads to its user interface"""
    body = '<a href="/ui/">Temporary Redirect</a>.\n\n'
    return Response(body, 307, {"Location": "/ui/", "Content-Type": HTML})


async def read_interface(_: Request) -> Response:
    """GET /ui/: there is none, as in a Nomad that was built without it"""
    return Response(NO_INTERFACE, headers={"Content-Type": HTML})


async def list_regions(_: Request) -> Response:
    """GET /v1/regions"""
    return json_answer(["global"])
