"""Writes over HTTP: apply one to the cluster, let the waiting know, and answer with its index."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.cluster import Accepted, Refused
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of


def settle(request: Request, op: str, **arguments: Any) -> Accepted:
    """Carry out a write. Raises BadRequest with the words of the cluster where it refuses."""
    desk = desk_of(request)
    try:
        accepted = desk.host.write(op, **arguments)
    except Refused as refused:
        raise BadRequest(refused.status, str(refused)) from refused
    desk.pace.wake()
    assert accepted is not None
    return accepted


def silent_answer(index: int) -> Response:
    """The answer to a write that says nothing but its index."""
    return Response(headers={"X-Nomad-Index": str(index)})
