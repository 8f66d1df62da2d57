"""What the services have in front of their routes: keys, or this machine alone; errors are problem JSON."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from muster.core.clock import Clock
from muster.core.web.api_keys import ApiKey, check_binding, read_keys
from muster.core.web.body_limit import MOST_BYTES
from muster.core.web.problems import not_valid
from muster.core.web.protection import protect
from muster.threads.common.settings import ThreadsSettings

OPEN_PATHS = ("/health", "/ready")
WRITES = "tasks:write"
"""The scope of who may have words written, judged and posted."""


def keys_of(settings: ThreadsSettings) -> tuple[ApiKey, ...]:
    """Of THREADS_API_KEYS. Raises SettingsError for a file that is wrong, and for an address without keys."""
    keys = read_keys(settings.threads_api_keys)
    check_binding(settings.threads_bind_host, keys)
    return keys


def put_door(
    app: FastAPI,
    keys: Sequence[ApiKey],
    clock: Clock,
    *,
    own_tokens: Sequence[str] = (),
    most_body_bytes: int = MOST_BYTES,
) -> None:
    """Called after what is to be within it. Where there are keys, paths that begin with `own_tokens` need none."""
    app.add_exception_handler(RequestValidationError, _on_invalid)
    protect(app, keys=keys, open_paths=OPEN_PATHS, clock=clock, own_tokens=own_tokens, most_body_bytes=most_body_bytes)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return not_valid(error.errors())
