"""What every service of ours has in front of its routes, and how it answers errors."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from muster.core.clock import Clock
from muster.core.errors import MusterError
from muster.core.web.api_keys import ApiKey
from muster.core.web.body_limit import MOST_BYTES, BodyLimit
from muster.core.web.door import Door
from muster.core.web.headers import Heading
from muster.core.web.problems import on_http_error, on_muster_error, on_surprise


def protect(
    app: Starlette,
    *,
    keys: Sequence[ApiKey],
    open_paths: Sequence[str],
    clock: Clock,
    most_body_bytes: int = MOST_BYTES,
    own_tokens: Sequence[str] = (),
) -> None:
    """Ids and headers outermost, then who asks and how often, then the body's size; errors are problem JSON."""
    app.add_middleware(BodyLimit, most_bytes=most_body_bytes)
    app.add_middleware(Door, keys=keys, open_paths=open_paths, clock=clock, own_tokens=own_tokens)
    app.add_middleware(Heading)
    app.add_exception_handler(MusterError, on_muster_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_surprise)
