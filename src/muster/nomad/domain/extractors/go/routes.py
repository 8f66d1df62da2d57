"""Health routes in Go code: net/http patterns, and the routers of gin, echo, fiber, chi and gorilla."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_findings, joined_path
from muster.nomad.domain.extractors.go.groups import Calls, GoRouters

_ROUTE = re.compile(
    r"(?<![\w.])((?:\w{1,40}\.){0,4}\w{1,40})\.(?:GET|Get|Handle|HandleFunc|HandlerFunc|Any|All|HEAD|Head|Path|Match)"
    r"\(\s{0,20}\"(?:(?:GET|HEAD)\s{1,9})?(/?[\w./-]{1,80}?)(?:\{\$\})?\"\s{0,9}([,)])"
)
_METHOD_ROUTE = re.compile(
    r"(?<![\w.])((?:\w{1,40}\.){0,4}\w{1,40})\.(?:Method|MethodFunc|Handle|HandlerFunc|HandleFunc|Add|Handler)"
    r"\(\s{0,20}(?:http\.MethodGet|\"GET\")\s{0,9},\s{0,20}\"(/[\w./-]{1,80})\"\s{0,9}(,)"
)
_COMPARED = re.compile(r"\.Path\)?\s{0,9}==\s{0,9}\"(/[\w./-]{1,80})\"|\bcase\s{1,9}\"(/[\w./-]{1,80})\"")


def route_findings(routers: GoRouters, calls: Calls) -> Iterator[Finding]:
    """The health routes of a file."""
    yield from health_findings(routers.text, _routes(routers, calls))


def _routes(routers: GoRouters, calls: Calls) -> Iterator[tuple[int, str]]:
    text = routers.text
    for expression in (_ROUTE, _METHOD_ROUTE):
        for found in text.find(expression):
            if found[3] == "," or ".Path(" in found[0]:
                for prefix in routers.prefixes(found[1].rpartition(".")[2], found.start(), calls):
                    yield found.start(2), joined_path(prefix, found[2])
    if "URL.Path" in text.code:
        for found in text.find(_COMPARED):
            yield found.start(), found[1] or found[2]
