"""Health routes in Elixir: Phoenix and Plug routers with their scopes, plugs, and paths that are matched."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.nesting import nested_lines
from muster.nomad.domain.extractors.code.routes import health_findings, joined_path, speaks_of_health
from muster.nomad.domain.extractors.code.text import CodeText

_OPENS = re.compile(r"\bdo\s{0,9}$|\bfn\b[^\n]{0,200}->\s{0,9}$")
_SCOPE = re.compile(r"^\s{0,200}+(?:scope|resources|live_session)[ (]\s{0,9}(?:path:\s{0,9})?\"(/?[\w./-]{0,80})\"")
_ROUTE = re.compile(
    r"^\s{0,200}+(?:get|head|match|forward|options|live)[ (]\s{0,9}\(?\"(/?[\w./-]{1,80})\"\s{0,9}(?:,|do\b)"
)
_PLUG = re.compile(
    r"^\s{0,200}+plug[ (]\s{0,9}[\w.]{0,60}[Hh]ealth[\w.]{0,60}[^\n\"]{0,80}\"(/[\w./-]{1,80})\"", re.MULTILINE
)
_MATCHED = re.compile(
    r"request_path(?::|\s{0,3}==)\s{0,9}\"(/[\w./-]{1,80})\"|path_info:\s{0,9}\[\s{0,3}\"([\w.-]{1,40})\"\s{0,3}\]"
)


def route_findings(text: CodeText) -> Iterator[Finding]:
    """The health routes of a file."""
    if not speaks_of_health(text.code):
        return
    yield from health_findings(text, (*_nested(text), *_matched(text)))


def _nested(text: CodeText) -> Iterator[tuple[int, str]]:
    if not re.search(r"\b(?:get|match|forward)\b", text.code):
        return
    for offset, line, prefix in nested_lines(text, _OPENS, _prefix):
        route = _ROUTE.match(line)
        if route:
            yield offset, joined_path(prefix, route[1])


def _prefix(line: str) -> str:
    found = _SCOPE.match(line)
    return found[1] if found else ""


def _matched(text: CodeText) -> Iterator[tuple[int, str]]:
    for found in text.find(_PLUG):
        yield found.start(1), found[1]
    for found in text.find(_MATCHED):
        yield found.start(), found[1] or f"/{found[2]}"
