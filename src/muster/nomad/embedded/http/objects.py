"""Evaluations, allocations and deployments over HTTP."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import NotFound, read_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, known_region
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import permissions, visible
from muster.nomad.embedded.http.identifiers import check_prefix, check_uuid
from muster.nomad.embedded.state.store import Store, Table
from muster.nomad.embedded.wire.allocations import render_allocation, render_allocation_stub
from muster.nomad.embedded.wire.deployments import render_deployment
from muster.nomad.embedded.wire.evaluations import render_evaluation

Json = dict[str, Any]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Find = Callable[[Store], dict[str, Any]]
Render = Callable[[Any], Json]


def _one(table: Table, name: str, word: str, find: Find, render: Render) -> Handler:
    """A handler that reads one object by its id."""

    async def handler(request: Request) -> Response:
        store, identifier = desk_of(request).store, request.path_params["id"]
        check_uuid(identifier, f"{word} lookup failed")
        allowed = permissions(request)

        def read() -> tuple[int, Any]:
            found = find(store).get(identifier)
            if found is None or not allowed.namespace(_space(found), "read-job"):
                return store.table_index(table), NotFound(f"{name} not found")
            return found.modify_index, render(found)

        return await read_answer(request, blocking(request), read)

    return handler


def _all(table: Table, word: str, find: Find, render: Render) -> Handler:
    """A handler that lists objects by id, with `prefix`."""

    async def handler(request: Request) -> Response:
        known_region(request)
        store, shown = desk_of(request).store, visible(request, "read-job")
        prefix = request.query_params.get("prefix", "")
        check_prefix(prefix, f"{word} lookup failed")

        def read() -> tuple[int, Any]:
            found = [item for key, item in sorted(find(store).items()) if key.startswith(prefix)]
            return store.table_index(table), [render(item) for item in found if shown(_space(item))]

        return await read_answer(request, blocking(request), read)

    return handler


def _space(item: Any) -> str:
    space: str = item.job.namespace if hasattr(item, "job") else item.namespace
    return space


list_evaluations = _all("evals", "eval", lambda s: s.evaluations, render_evaluation)
read_evaluation = _one("evals", "eval", "eval", lambda s: s.evaluations, render_evaluation)
list_allocations = _all("allocs", "alloc", lambda s: s.allocations, render_allocation_stub)
list_deployments = _all("deployment", "deployment", lambda s: s.deployments, render_deployment)
read_deployment = _one("deployment", "deployment", "deployment", lambda s: s.deployments, render_deployment)


_read_allocation = _one("allocs", "alloc", "alloc", lambda s: s.allocations, render_allocation)


async def read_allocation(request: Request) -> Response:
    """GET /v1/allocation/:id: one that may not be seen is unknown."""
    found = desk_of(request).store.allocations.get(request.path_params["id"])
    if found is not None and not permissions(request).namespace(found.job.namespace, "read-job"):
        raise BadRequest(500, f'Unknown allocation "{found.id}"')
    return await _read_allocation(request)


async def read_evaluation_allocations(request: Request) -> Response:
    """GET /v1/evaluation/:id/allocations"""
    return await _allocations_where(request, "eval_id", "eval")


async def read_deployment_allocations(request: Request) -> Response:
    """GET /v1/deployment/allocations/:id"""
    return await _allocations_where(request, "deployment_id", "deployment")


async def _allocations_where(request: Request, attribute: str, word: str) -> Response:
    store, identifier = desk_of(request).store, request.path_params["id"]
    check_uuid(identifier, f"{word} lookup failed")

    def read() -> tuple[int, Any]:
        found = [a for _, a in sorted(store.allocations.items()) if getattr(a, attribute) == identifier]
        return store.table_index("allocs"), [render_allocation_stub(allocation) for allocation in found]

    return await read_answer(request, blocking(request), read)
