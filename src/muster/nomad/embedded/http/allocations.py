"""What is done to an allocation over HTTP, at the servers and at its client: stop, restart, signal, stats."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import json_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import demand
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.specs import TaskSpec
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]
MIB = 1024 * 1024


def _known(request: Request, capability: str, missing: str) -> Allocation:
    """The allocation of the path. Raises BadRequest for one that is not there or may not be touched."""
    found = desk_of(request).store.allocations.get(request.path_params["id"])
    if found is None:
        raise BadRequest(404, missing.format(request.path_params["id"]))
    demand(request, found.job.namespace, capability)
    return found


async def stop_allocation(request: Request) -> Response:
    """PUT /v1/allocation/:id/stop"""
    allocation = _known(request, "alloc-lifecycle", "allocation not found")
    accepted = settle(request, "stop_allocation", id=allocation.id)
    return write_answer({"EvalID": accepted.eval_id, "Index": accepted.index}, accepted.index)


async def restart_allocation(request: Request) -> Response:
    """PUT /v1/client/allocation/:id/restart"""
    allocation = _known(request, "alloc-lifecycle", 'Unknown allocation "{}"')
    sent: Json = await body(request) if await request.body() else {}
    settle(request, "restart_allocation", id=allocation.id, task=str(sent.get("TaskName") or ""))
    return json_answer({"Index": 0})


async def signal_allocation(request: Request) -> Response:
    """PUT /v1/client/allocation/:id/signal"""
    allocation, sent = _known(request, "alloc-lifecycle", 'Unknown allocation "{}"'), await body(request)
    task, signal = str(sent.get("Task") or ""), str(sent.get("Signal") or "")
    settle(request, "signal_allocation", id=allocation.id, task=task, signal=signal)
    return json_answer({"Index": 0})


async def collect_allocation(request: Request) -> Response:
    """PUT /v1/client/allocation/:id/gc: its client keeps nothing that could be forgotten"""
    _known(request, "submit-job", 'Unknown allocation "{}"')
    return Response()


async def read_allocation_stats(request: Request) -> Response:
    """GET /v1/client/allocation/:id/stats: what the tasks use, as their images say"""
    allocation = _known(request, "read-job", 'Unknown allocation "{}"')
    desk = desk_of(request)
    runner = desk.host.cluster.clients.runners.get(allocation.id)
    running = {n: t for n, t in (runner.tasks if runner else {}).items() if t.state.state == "running"}
    used = {name: min(task.behaviour.memory_mb, _limit_mb(task.spec)) * MIB for name, task in running.items()}
    stats: Json = {
        "ResourceUsage": {**_usage(sum(used.values())), "DeviceStats": []},
        "Tasks": {name: _task(memory, desk.host.now_ns) for name, memory in used.items()},
        "Timestamp": desk.host.now_ns,
    }
    return json_answer(stats)


def _limit_mb(spec: TaskSpec) -> int:
    return spec.memory_mb


def _task(memory: int, now_ns: int) -> Json:
    return {"Pids": None, "ResourceUsage": _usage(memory), "Timestamp": now_ns}


def _usage(memory: int) -> Json:
    return {
        "CpuStats": {
            "Measured": ["System Mode", "User Mode", "Percent"],
            "Percent": 0.0,
            "SystemMode": 0.0,
            "ThrottledPeriods": 0,
            "ThrottledTime": 0,
            "TotalTicks": 0.0,
            "UserMode": 0.0,
        },
        "DeviceStats": None,
        "MemoryStats": {
            "Cache": 0,
            "KernelMaxUsage": 0,
            "KernelUsage": 0,
            "MaxUsage": 0,
            "Measured": ["RSS", "Swap"],
            "RSS": memory,
            "Swap": 0,
            "Usage": 0,
        },
    }
