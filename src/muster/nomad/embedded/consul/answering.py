"""Answers as Consul gives them: JSON or plain text, with its index in the headers."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.consul.state import ConsulState
from muster.nomad.embedded.http.answering import TEXT_TYPE, hold, json_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking
from muster.nomad.embedded.http.desk import desk_of

ABSENT = object()
"""What a read has instead of a body where nothing is there: 404 without a word."""
Read = Callable[[], tuple[int, Any]]


def consul_of(request: Request) -> ConsulState:
    """Consul's memory."""
    return desk_of(request).host.cluster.consul


def datacenter(request: Request) -> str:
    """Consul's only datacenter: that of the first machine."""
    nodes = desk_of(request).host.cluster.nodes
    return nodes[0].datacenter if nodes else "dc1"


def known_datacenter(request: Request) -> None:
    """Raises BadRequest for a datacenter that is not this one."""
    if request.query_params.get("dc", datacenter(request)) != datacenter(request):
        raise BadRequest(500, "No path to datacenter")


def plain_headers(request: Request) -> dict[str, str]:
    """What Consul says with every answer."""
    policy = "deny" if desk_of(request).host.acl else "allow"
    return {"Vary": "Accept-Encoding", "X-Consul-Default-Acl-Policy": policy}


def told(request: Request, content: Any, status: int = 200) -> Response:
    """An answer of JSON that has no index."""
    answer = json_answer(content, plain_headers(request))
    answer.status_code = status
    return answer


async def read_answer(
    request: Request, read: Read, *, consistency: bool = True, render: Callable[[Any], Response] = json_answer
) -> Response:
    """Answer a read after the wait that it asks for."""
    known_datacenter(request)
    await hold(request, blocking(request), lambda: read()[0])
    index, content = read()
    answer = Response(status_code=404) if content is ABSENT else render(content)
    answer.headers.update(plain_headers(request))
    said = {"X-Consul-Index": index, "X-Consul-Knownleader": "true", "X-Consul-Lastcontact": 0}
    answer.headers.update({name: str(value) for name, value in said.items()})
    answer.headers["X-Consul-Query-Backend"] = "blocking-query"
    if consistency:
        answer.headers["X-Consul-Effective-Consistency"] = "leader"
    return answer


def refused(request: Request, error: BadRequest) -> Response:
    """An error's words."""
    return Response(error.text, error.status, {**plain_headers(request), "Content-Type": TEXT_TYPE})
