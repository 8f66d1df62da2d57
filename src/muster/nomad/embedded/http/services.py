"""Services that Nomad itself registers (`provider = "nomad"`, since version 1.3) over HTTP."""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import read_answer
from muster.nomad.embedded.http.asking import blocking, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import visible
from muster.nomad.embedded.state.specs import ServiceSpec
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]


async def list_services(request: Request) -> Response:
    """GET /v1/services: names with their tags, by namespace"""
    desk, shown = desk_of(request), visible(request, "read-job")

    def read() -> tuple[int, Any]:
        found = [row for row in registrations(desk) if shown(row["Namespace"])]
        spaces = sorted({row["Namespace"] for row in found})
        return _index(desk), [{"Namespace": s, "Services": _stubs(s, found)} for s in spaces]

    return await read_answer(request, blocking(request), read)


def _stubs(space: str, found: list[Json]) -> list[Json]:
    names = sorted({row["ServiceName"] for row in found if row["Namespace"] == space})
    tags = {
        name: {tag for row in found if (row["Namespace"], row["ServiceName"]) == (space, name) for tag in row["Tags"]}
        for name in names
    }
    return [{"ServiceName": name, "Tags": sorted(tags[name])} for name in names]


async def read_service(request: Request) -> Response:
    """GET /v1/service/:name: where it runs"""
    desk, name, space = desk_of(request), request.path_params["name"], namespace(request)

    def read() -> tuple[int, Any]:
        found = [r for r in registrations(desk) if (r["Namespace"], r["ServiceName"]) == (space, name)]
        return _index(desk), sorted(found, key=lambda row: row["ID"])

    return await read_answer(request, blocking(request), read)


def _index(desk: Desk) -> int:
    return desk.store.table_index("allocs")


def registrations(desk: Desk) -> Iterator[Json]:
    """A row for each running allocation's service of the provider `nomad`."""
    for allocation in desk.store.allocations.values():
        group = allocation.job.spec.group(allocation.group)
        if group is None or allocation.client_status != "running" or allocation.desired_status != "run":
            continue
        yield from (_row(desk, allocation, service) for service in group.services if service.provider == "nomad")


def _row(desk: Desk, allocation: Allocation, service: ServiceSpec) -> Json:
    node = next(node for node in desk.host.cluster.nodes if node.id == allocation.node_id)
    port = next((port for port in allocation.ports if port.label == service.port), None)
    owner = service.task or f"group-{allocation.group}"
    return {
        "Address": port.host_ip if port else node.address,
        "AllocID": allocation.id,
        "CreateIndex": allocation.create_index,
        "Datacenter": node.datacenter,
        "ID": f"_nomad-task-{allocation.id}-{owner}-{service.name}-{service.port}",
        "JobID": allocation.job.id,
        "ModifyIndex": allocation.modify_index,
        "Namespace": allocation.job.namespace,
        "NodeID": allocation.node_id,
        "Port": port.value if port else 0,
        "ServiceName": service.name,
        "Tags": list(service.tags),
    }
