"""Health routes that are files: Next, Nuxt, SvelteKit and Remix make routes from paths."""

import re

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_finding

# A path as seen from the unit; the group is the route.
_ROUTE_FILES = (
    re.compile(r"(?:src/)?app(/.{1,120})/route\.[jt]sx?"),
    re.compile(r"(?:src/)?pages(/api/.{1,120}?)(?:/index)?\.[jt]sx?"),
    re.compile(r"(?:src/)?server(/api/.{1,120}?)(?:\.get)?\.[jt]s"),
    re.compile(r"(?:src/)?server/routes(/.{1,120}?)(?:\.get)?\.[jt]s"),
    re.compile(r"src/routes(/.{1,120})/\+server\.[jt]s"),
    re.compile(r"app/routes/([\w.-]{1,80}?)\.[jt]sx?"),
)
_GROUP = re.compile(r"/\([^/()]{1,60}\)")


def page_finding(path: str, inner: str) -> Finding | None:
    """The health route that a file stands for; `inner` is its path as seen from the unit."""
    found = next((match for expression in _ROUTE_FILES if (match := expression.fullmatch(inner))), None)
    if found is None:
        return None
    route = found[1] if found[1].startswith("/") else "/" + found[1].replace(".", "/")
    return health_finding(path, 1, _GROUP.sub("", route))
