"""Services that Nomad itself registers (`provider = "nomad"`, since version 1.3) over HTTP."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import read_answer
from muster.nomad.embedded.http.asking import blocking, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import visible
from muster.nomad.embedded.nomad_services import nomad_services

Json = dict[str, Any]


async def list_services(request: Request) -> Response:
    """GET /v1/services: names with their tags, by namespace"""
    desk, shown = desk_of(request), visible(request, "read-job")

    def read() -> tuple[int, Any]:
        found = [row for row in nomad_services(desk.host.cluster) if shown(row["Namespace"])]
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
        found = [r for r in nomad_services(desk.host.cluster) if (r["Namespace"], r["ServiceName"]) == (space, name)]
        return _index(desk), sorted(found, key=lambda row: row["ID"])

    return await read_answer(request, blocking(request), read)


def _index(desk: Desk) -> int:
    return desk.store.table_index("allocs")
