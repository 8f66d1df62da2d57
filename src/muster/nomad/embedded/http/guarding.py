"""Who may do what over HTTP: each route names what it needs, and the token of the request has it or is refused.

Without ACL mode every request may do everything, whatever token it brings.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.permissions import EVERYTHING, Permissions
from muster.nomad.embedded.access.tokens import TokenError, permissions_of
from muster.nomad.embedded.http.asking import BadRequest, namespace
from muster.nomad.embedded.http.desk import desk_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Need = Callable[[Permissions, Request], bool]
DENIED = "Permission denied"


def permissions(request: Request) -> Permissions:
    """What the request's token allows. Raises BadRequest for a token that is none."""
    desk = desk_of(request)
    if not desk.host.acl:
        return EVERYTHING
    try:
        return permissions_of(desk.store, request.headers.get("x-nomad-token", ""))
    except TokenError as error:
        raise BadRequest(error.status, error.text) from error


def guarded(need: Need, handler: Handler, status: int = 403) -> Handler:
    """The handler for those who have what it needs; all others are refused."""

    async def guard(request: Request) -> Response:
        if not need(permissions(request), request):
            raise BadRequest(status, DENIED)
        return await handler(request)

    return guard


def demand(request: Request, space: str, capability: str, status: int = 403) -> None:
    """Raises BadRequest where a capability is missing in a namespace that only the body or the object names."""
    if not permissions(request).namespace(space, capability):
        raise BadRequest(status, DENIED)


def visible(request: Request, capability: str) -> Callable[[str], bool]:
    """Which namespaces a list shows: the one that was asked for, or all that may be seen with `namespace=*`."""
    wanted, allowed = namespace(request), permissions(request)
    return lambda space: allowed.namespace(space, capability) if wanted == "*" else space == wanted


def management(allowed: Permissions, _: Request) -> bool:
    """Only a management token."""
    return allowed.management


def anybody(_: Permissions, __: Request) -> bool:
    """Everybody whose token is one."""
    return True


def within(*capabilities: str) -> Need:
    """One of the capabilities in the request's namespace; a list over all namespaces shows what may be seen."""

    def need(allowed: Permissions, request: Request) -> bool:
        space = namespace(request)
        listing = space == "*" and request.method == "GET"
        return listing or any(allowed.namespace(space, capability) for capability in capabilities)

    return need


def reading(scope: str) -> Need:
    """Read a scope: agent, node, operator, plugin."""
    return lambda allowed, _: allowed.reads(scope)


def writing(scope: str) -> Need:
    """Write a scope."""
    return lambda allowed, _: allowed.writes(scope)


def listing(scope: str) -> Need:
    """List a scope."""
    return lambda allowed, _: allowed.lists(scope)
