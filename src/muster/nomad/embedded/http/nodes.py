"""Nodes over HTTP: list, read, drain, take out of service, look at anew; and, beside Nomad's API, let one die."""

from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.cluster import Accepted
from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, known_region
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import permissions
from muster.nomad.embedded.http.identifiers import check_prefix, check_uuid
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.wire.allocations import render_allocation
from muster.nomad.embedded.wire.nodes import render_node, render_node_stub

Json = dict[str, Any]
LOOKUP = "node lookup failed"


def node_renderer(desk: Desk) -> Callable[[NodeState], Json]:
    """How a node is shown whole."""
    return lambda state: render_node(state, desk.host.cluster.start_ns, desk.address)


async def list_nodes(request: Request) -> Response:
    """GET /v1/nodes, with `prefix` and `resources`"""
    known_region(request)
    desk = desk_of(request)
    prefix = request.query_params.get("prefix", "")
    check_prefix(prefix, LOOKUP)
    whole = request.query_params.get("resources") == "true"

    def read() -> tuple[int, Any]:
        found = [state for key, state in sorted(desk.store.nodes.items()) if key.startswith(prefix)]
        start_ns = desk.host.cluster.start_ns
        shown = [render_node_stub(state, start_ns, with_resources=whole) for state in found]
        return desk.store.table_index("nodes"), shown

    return await read_answer(request, blocking(request), read)


async def read_node(request: Request) -> Response:
    """GET /v1/node/:id"""
    desk, identifier = desk_of(request), request.path_params["id"]
    check_uuid(identifier, LOOKUP)

    def read() -> tuple[int, Any]:
        state = desk.store.nodes.get(identifier)
        if state is None:
            return desk.store.table_index("nodes"), NotFound("node not found")
        return state.modify_index, node_renderer(desk)(state)

    return await read_answer(request, blocking(request), read)


async def read_node_allocations(request: Request) -> Response:
    """GET /v1/node/:id/allocations"""
    store, identifier = desk_of(request).store, request.path_params["id"]
    check_uuid(identifier, LOOKUP)
    allowed = permissions(request)

    def read() -> tuple[int, Any]:
        found = [a for _, a in sorted(store.allocations.items()) if a.node_id == identifier]
        seen = [a for a in found if allowed.namespace(a.job.namespace, "read-job")]
        return store.table_index("allocs"), [render_allocation(allocation) for allocation in seen]

    return await read_answer(request, blocking(request), read)


async def set_eligibility(request: Request) -> Response:
    """PUT /v1/node/:id/eligibility"""
    sent, identifier = await body(request), _known(request)
    wanted = sent.get("Eligibility")
    if wanted not in ("eligible", "ineligible"):
        raise BadRequest(500, f'invalid scheduling eligibility "{wanted or ""}"')
    accepted = settle(request, "set_eligibility", node_id=identifier, eligible=wanted == "eligible")
    return _changed(request, accepted)


async def drain_node(request: Request) -> Response:
    """PUT /v1/node/:id/drain: empty it, or call that off where no `DrainSpec` is given"""
    sent, identifier = await body(request), _known(request)
    told: object = sent.get("DrainSpec")
    if not isinstance(told, dict):
        eligible = bool(sent.get("MarkEligible"))
        return _changed(request, settle(request, "stop_draining", node_id=identifier, mark_eligible=eligible))
    spec = cast("Json", told)
    deadline: object = spec.get("Deadline") or 0
    if not isinstance(deadline, int):
        what = "string into Go struct field DrainSpec.DrainSpec.Deadline of type time.Duration"
        raise BadRequest(400, f"json: cannot unmarshal {what}")
    ignore = bool(spec.get("IgnoreSystemJobs"))
    accepted = settle(request, "drain_node", node_id=identifier, deadline_ns=deadline, ignore_system_jobs=ignore)
    return _changed(request, accepted)


def _changed(request: Request, accepted: Accepted) -> Response:
    """What a change of a node says; evaluations that it made come with the index of their own write."""
    made = accepted.eval_ids
    evaluations = desk_of(request).store.evaluations
    created = evaluations[made[0]].create_index if made else 0
    answer = {
        "EvalCreateIndex": created,
        "EvalIDs": list(made) or None,
        "Index": accepted.index,
        "NodeModifyIndex": 0,
    }
    return write_answer(answer, accepted.index)


async def evaluate_node(request: Request) -> Response:
    """PUT /v1/node/:id/evaluate"""
    identifier = _known(request)
    return _updated(settle(request, "evaluate_node", node_id=identifier))


def _updated(accepted: Accepted) -> Response:
    answer = {
        "EvalCreateIndex": accepted.index,
        "EvalIDs": list(accepted.eval_ids) or None,
        "HeartbeatTTL": 0,
        "Index": accepted.index,
        "LeaderRPCAddr": "",
        "NodeModifyIndex": 0,
        "NumNodes": 0,
        "Servers": None,
    }
    return write_answer(answer, accepted.index)


def _known(request: Request) -> str:
    identifier: str = request.path_params["id"]
    check_uuid(identifier, LOOKUP)
    if identifier not in desk_of(request).store.nodes:
        raise BadRequest(500, "node not found")
    return identifier


async def kill_node(request: Request) -> Response:
    """PUT /embedded/node/:name/kill: its tasks are gone, the servers will miss its heartbeats"""
    settle(request, "kill_node", node_id=_named(request))
    return json_answer({})


async def revive_node(request: Request) -> Response:
    """PUT /embedded/node/:name/revive: it is back, without the tasks that it had"""
    settle(request, "revive_node", node_id=_named(request))
    return json_answer({})


def _named(request: Request) -> str:
    """The node of that name or id. Raises BadRequest where there is none."""
    wanted = request.path_params["name"]
    found = next((n.id for n in desk_of(request).host.cluster.nodes if wanted in (n.name, n.id)), None)
    if found is None:
        raise BadRequest(404, "node not found")
    return found
