"""Vault's HTTP API as a Starlette application. `X-Vault-Namespace` is taken, and means nothing here."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from muster.nomad.embedded.vault import kv1, kv2, system, tokens
from muster.nomad.embedded.vault.answering import VaultError, operation, refused, token_of
from muster.nomad.embedded.vault.mounts import PLAIN_MOUNT, VERSIONED_MOUNT

ALL = ["GET", "LIST", "POST", "PUT", "PATCH", "DELETE"]
WRITE = ["POST", "PUT"]
ROUTES = [
    Route("/v1/sys/health", system.read_health),
    Route("/v1/sys/seal-status", system.read_seal_status),
    Route("/v1/sys/leader", system.read_leader),
    Route("/v1/sys/seal", system.seal, methods=WRITE),
    Route("/v1/sys/unseal", system.unseal, methods=WRITE),
    Route("/v1/sys/mounts", system.list_mounts),
    Route("/v1/sys/internal/ui/mounts", system.list_mounts_of_token),
    Route("/v1/sys/internal/ui/mounts/{path:path}", system.read_mount),
    Route("/v1/sys/policies/acl", system.list_policies, methods=["GET", "LIST"]),
    Route("/v1/sys/policies/acl/{name}", system.serve_policy, methods=ALL),
    Route("/v1/sys/capabilities-self", tokens.own_capabilities, methods=WRITE),
    Route("/v1/auth/token/create", tokens.create, methods=ALL),
    Route("/v1/auth/token/lookup-self", tokens.look_up_self),
    Route("/v1/auth/token/renew-self", tokens.renew_self, methods=WRITE),
    Route("/v1/auth/token/revoke-self", tokens.revoke_self, methods=WRITE),
    Route(f"/v1/{VERSIONED_MOUNT}/{{path:path}}", kv2.serve, methods=ALL),
    Route(f"/v1/{PLAIN_MOUNT}/{{path:path}}", kv1.serve, methods=ALL),
]


def build_vault() -> Starlette:
    """The application; its desk is set by who builds all of them."""
    return Starlette(routes=ROUTES, exception_handlers={VaultError: _refuse, 404: _unknown, 405: _wrong_method})


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, VaultError)
    return refused(error)


async def _unknown(request: Request, _: Exception) -> Response:
    """What is mounted nowhere; only who has a token hears so."""
    try:
        operation(request)
        token_of(request)
    except VaultError as error:
        return refused(error)
    return refused(VaultError(404, f"no handler for route '{request.url.path.removeprefix('/v1/')}'"))


async def _wrong_method(_: Request, __: Exception) -> Response:
    return refused(VaultError(405))
