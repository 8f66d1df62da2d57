"""Measurements over HTTP: the servers' metrics, as JSON or for Prometheus, and what a client says of its machine."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.wire.jobs import COLUMNS, render_summary

Json = dict[str, Any]
MIB = 1024 * 1024
CORES = 4
SAMPLED_S = 10


async def read_metrics(request: Request) -> Response:
    """GET /v1/metrics, with `format=prometheus`"""
    desk = desk_of(request)
    gauges = list(_gauges(desk))
    if request.query_params.get("format") == "prometheus":
        text = "".join(map(_line, gauges))
        return Response(text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
    sampled = datetime.fromtimestamp(desk.host.now_ns // SECOND // SAMPLED_S * SAMPLED_S, UTC)
    stamp = sampled.strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    counters = [_counter("nomad.nomad.rpc.request", desk.store.index)]
    return json_answer({"Counters": counters, "Gauges": gauges, "Points": [], "Samples": [], "Timestamp": stamp})


def _counter(name: str, count: int) -> Json:
    one = {"Count": count, "Labels": {"host": "embedded"}, "Max": 1.0, "Mean": 1.0, "Min": 1.0}
    return {**one, "Name": name, "Rate": count / SAMPLED_S, "Stddev": 0.0, "Sum": float(count)}


def _gauges(desk: Desk) -> Iterator[Json]:
    store = desk.store
    for node in desk.host.cluster.nodes:
        yield from _of_node(desk, node)
    statuses = Counter(job.status for job in store.jobs.values())
    for status in ("dead", "pending", "running"):
        yield _gauge(f"nomad.nomad.job_status.{status}", statuses[status])
    for job in store.jobs.values():
        for group, counts in render_summary(store, job)["Summary"].items():
            labels = {"job": job.id, "namespace": job.namespace, "task_group": group}
            for column in COLUMNS:
                yield _gauge(f"nomad.nomad.job_summary.{column.lower()}", counts[column], labels)
    blocked = sum(evaluation.status == "blocked" for evaluation in store.evaluations.values())
    yield _gauge("nomad.nomad.blocked_evals.total_blocked", blocked)
    yield _gauge("nomad.raft.appliedIndex", store.index)
    yield _gauge("nomad.raft.lastIndex", store.index)


def _of_node(desk: Desk, node: Node) -> Iterator[Json]:
    labels = {"datacenter": node.datacenter, "node_class": node.node_class or "none", "node_id": node.id}
    here = [a for a in desk.store.allocations.values() if a.node_id == node.id]
    groups = [g for a in here if not a.terminal and (g := a.job.spec.group(a.group)) is not None]
    totals = (("cpu", node.cpu_mhz), ("memory", node.memory_mb), ("disk", node.disk_mb))
    used = {
        "cpu": sum(group.cpu for group in groups),
        "memory": sum(group.memory_mb for group in groups),
        "disk": sum(group.disk_mb for group in groups),
    }
    for name, total in totals:
        yield _gauge(f"nomad.client.allocated.{name}", used[name], labels)
        yield _gauge(f"nomad.client.unallocated.{name}", total - used[name], labels)
    statuses = Counter("terminal" if a.client_terminal else a.client_status for a in here)
    for status in ("pending", "running", "terminal"):
        yield _gauge(f"nomad.client.allocations.{status}", statuses[status], labels)


def _gauge(name: str, value: float, labels: dict[str, str] | None = None) -> Json:
    return {"Labels": {**(labels or {}), "host": "embedded"}, "Name": name, "Value": float(value)}


def _line(gauge: Json) -> str:
    labels = ",".join(f'{key}="{value}"' for key, value in sorted(gauge["Labels"].items()))
    name = gauge["Name"].replace(".", "_").replace("-", "_")
    return f"# TYPE {name} gauge\n{name}{{{labels}}} {gauge['Value']:g}\n"


async def read_client_stats(request: Request) -> Response:
    """GET /v1/client/stats, with `node_id`: an idle machine of the described size"""
    desk, asked = desk_of(request), request.query_params.get("node_id", "")
    nodes = desk.host.cluster.nodes
    node = next((node for node in nodes if node.id == asked), None) if asked else nodes[0]
    if node is None:
        raise BadRequest(404, f"Unknown node {asked}")
    disk = {
        "Available": node.disk_mb * MIB,
        "Device": "",
        "InodesUsedPercent": 0.0,
        "Mountpoint": "",
        "Size": node.disk_mb * MIB,
        "Used": 0,
        "UsedPercent": 0.0,
    }
    core = {"Idle": 100.0, "System": 0.0, "Total": 0.0, "User": 0.0}
    memory = node.memory_mb * MIB
    stats = {
        "AllocDirStats": disk,
        "CPU": [{"CPU": f"cpu{number}", **core} for number in range(CORES)],
        "CPUTicksConsumed": 0.0,
        "DeviceStats": None,
        "DiskStats": [{**disk, "Device": "/dev/vda", "Mountpoint": "/"}],
        "Memory": {"Available": memory, "Free": memory, "Total": memory, "Used": 0},
        "Timestamp": desk.host.now_ns,
        "Uptime": (desk.host.now_ns - desk.host.cluster.start_ns) // SECOND,
    }
    return json_answer(stats)


async def collect_client_garbage(_: Request) -> Response:
    """PUT /v1/client/gc: clients keep nothing that could be forgotten"""
    return Response()
