"""The agent itself, the status, namespaces and regions over HTTP."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.scheduler.nodes import NOMAD_VERSION

Json = dict[str, Any]


async def read_self(request: Request) -> Response:
    """GET /v1/agent/self: the part of it that clients read."""
    host, port = desk_of(request).address.rsplit(":", 1)
    config: Json = {
        "ACL": {"Enabled": False},
        "BindAddr": host,
        "Client": {"Enabled": True},
        "Consul": {"Addr": ""},
        "Datacenter": "dc1",
        "DevMode": True,
        "NodeName": "embedded",
        "Ports": {"HTTP": int(port), "RPC": int(port) + 1, "Serf": int(port) + 2},
        "Region": "global",
        "Server": {"BootstrapExpect": 1, "Enabled": True},
        "Vault": {"Addr": "", "Enabled": False},
        "Version": {"Revision": "embedded", "Version": NOMAD_VERSION, "VersionMetadata": "", "VersionPrerelease": ""},
    }
    return json_answer({"config": config, "member": _member(), "stats": _stats(request)})


def _member() -> Json:
    tags = {"build": NOMAD_VERSION, "dc": "dc1", "region": "global", "role": "nomad", "port": "4647"}
    return {"Addr": "127.0.0.1", "Name": "embedded.global", "Port": 4648, "Status": "alive", "Tags": tags}


def _stats(request: Request) -> Json:
    cluster = desk_of(request).host.cluster
    client = {"num_allocations": str(len(cluster.store.allocations)), "node_id": cluster.nodes[0].id}
    return {"client": client, "nomad": {"leader": "true", "leader_addr": _rpc_address(request), "server": "true"}}


async def read_health(_: Request) -> Response:
    """GET /v1/agent/health"""
    return json_answer({"client": {"message": "ok", "ok": True}, "server": {"message": "ok", "ok": True}})


def _rpc_address(request: Request) -> str:
    """Where the servers' own protocol would be spoken."""
    host, port = desk_of(request).address.rsplit(":", 1)
    return f"{host}:{int(port) + 1}"


async def read_leader(request: Request) -> Response:
    """GET /v1/status/leader"""
    return json_answer(_rpc_address(request))


async def read_peers(request: Request) -> Response:
    """GET /v1/status/peers"""
    return json_answer([_rpc_address(request)])


async def list_regions(_: Request) -> Response:
    """GET /v1/regions"""
    return json_answer(["global"])
