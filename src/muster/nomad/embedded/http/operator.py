"""What operators ask of the servers over HTTP: scheduler settings, raft, autopilot, garbage collection."""

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.agent import rpc_address
from muster.nomad.embedded.http.answering import json_answer, read_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.store import Store

Json = dict[str, Any]
TABLE = "scheduler_config"
NAME = "scheduler"
ALGORITHMS = ("", "binpack", "spread")
DEFAULT: Json = {
    "CreateIndex": 5,
    "MemoryOversubscriptionEnabled": False,
    "ModifyIndex": 5,
    "PreemptionConfig": {
        "BatchSchedulerEnabled": False,
        "ServiceSchedulerEnabled": False,
        "SystemSchedulerEnabled": True,
    },
    "SchedulerAlgorithm": "binpack",
}


def scheduler_configuration(store: Store) -> Json:
    """The scheduler's settings as they are now."""
    return store.objects.get(TABLE, {}).get(NAME, DEFAULT)


async def read_configuration(request: Request) -> Response:
    """GET /v1/operator/scheduler/configuration"""
    store = desk_of(request).store

    def read() -> tuple[int, Any]:
        found = scheduler_configuration(store)
        index = found["ModifyIndex"]
        return index, {"Index": index, "KnownLeader": True, "LastContact": 0, "SchedulerConfig": found}

    return await read_answer(request, blocking(request), read)


async def write_configuration(request: Request) -> Response:
    """PUT /v1/operator/scheduler/configuration, with `cas` only where the index is still that."""
    sent, store = await body(request), desk_of(request).store
    algorithm = str(sent.get("SchedulerAlgorithm") or "")
    if algorithm not in ALGORITHMS:
        raise BadRequest(400, f"invalid scheduler algorithm: {algorithm}")
    cas = request.query_params.get("cas", "")
    if cas and not cas.isdigit():
        raise BadRequest(400, f'Error parsing cas value: strconv.ParseUint: parsing "{cas}": invalid syntax')
    if cas and int(cas) != scheduler_configuration(store)["ModifyIndex"]:
        return write_answer({"Index": store.index, "Updated": False}, store.index)
    accepted = settle(request, "put", table=TABLE, name=NAME, content=_configuration(sent))
    return write_answer({"Index": accepted.index, "Updated": True}, accepted.index)


def _configuration(sent: Json) -> Json:
    preemption = cast("Json", sent.get("PreemptionConfig") or {})
    return {
        "MemoryOversubscriptionEnabled": bool(sent.get("MemoryOversubscriptionEnabled")),
        "PreemptionConfig": {key: bool(preemption.get(key)) for key in DEFAULT["PreemptionConfig"]},
        "SchedulerAlgorithm": sent.get("SchedulerAlgorithm") or "",
    }


async def read_raft(request: Request) -> Response:
    """GET /v1/operator/raft/configuration"""
    desk = desk_of(request)
    address, name = rpc_address(desk), f"{desk.host.cluster.nodes[0].name}.global"
    server = {"Address": address, "ID": address, "Leader": True, "Node": name, "RaftProtocol": "2"}
    return json_answer({"Index": 0, "Servers": [{**server, "Voter": True}]})


async def read_autopilot_health(_: Request) -> Response:
    """GET /v1/operator/autopilot/health: a development agent speaks an older raft."""
    raise BadRequest(500, "all servers must have raft_protocol set to 3 or higher to use this endpoint")


async def collect_garbage(request: Request) -> Response:
    """PUT /v1/system/gc: forget stopped jobs and what is left of them."""
    settle(request, "collect_garbage")
    return Response()


async def reconcile_summaries(_: Request) -> Response:
    """PUT /v1/system/reconcile/summaries: summaries are counted when they are asked for, so they are right."""
    return Response()
