"""Health routes in Ruby: Rails and Hanami routes, Sinatra and Grape, Roda, rack's `map`, compared paths."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.nesting import nested_lines
from muster.nomad.domain.extractors.code.routes import health_findings, joined_path, speaks_of_health
from muster.nomad.domain.extractors.code.text import CodeText

_OPENS = re.compile(
    r"\bdo\s{0,9}(?:\|[^|\n]{0,80}\|\s{0,9})?$|^\s{0,200}+(?:if|unless|case|while|until|for|def|class|module|begin)\b"
    r"(?!.*\bend\s{0,9}$)|=\s{0,9}(?:if|case|begin)\b(?!.*\bend\s{0,9}$)"
)
_PREFIX = re.compile(
    r"^\s{0,200}+(?:r\.on\s|(?:namespace|scope|resources?|segment|route|map|slice|prefix|mount)[ (])\s{0,9}"
    r"(?:\w{1,30}\s{0,3}=>\s{0,3})?(?:path:\s{0,3}|[\w:]{1,40},\s{0,3}at:\s{0,3})?(?::|['\"])(/?[\w./-]{0,80})"
)
_PATH_OPTION = re.compile(r"\b(?:path|at):\s{0,9}['\"](/?[\w./-]{0,80})['\"]")
_ROUTE = re.compile(
    r"^\s{0,200}+(?:get|head|match|any|route|r\.get|r\.is|is|map|resources?|on)[ (]\s{0,9}(?::|['\"])"
    r"(/?[\w./-]{0,80}+)(?:\(\.:format\))?(?=['\"\s,)]|$)"
)
_MOUNTED = re.compile(
    r"^\s{0,200}+mount[ (]\s{0,9}[\w:.()]{1,80}?\s{0,9}(?:=>|,\s{0,9}at:)\s{0,9}['\"](/?[\w./-]{1,80})['\"]"
)
_COMPARED = re.compile(r"(?:PATH_INFO['\"]\]|\.path(?:_info)?)\s{0,9}==\s{0,9}['\"](/[\w./-]{1,80})['\"]")
_OF_GEM = re.compile(r"^\s{0,200}+health_check_routes\b", re.MULTILINE)
_ROOT = re.compile(r"^\s{0,200}+root(?:\s|\()")
_VERB = re.compile(r"^\s{0,200}+(?:resources?)\b")


def route_findings(text: CodeText) -> Iterator[Finding]:
    """The health routes of a file."""
    if not speaks_of_health(text.code) and "root" not in text.code:
        return
    yield from health_findings(text, (*_nested(text), *_compared(text), *_of_gems(text)))


def _nested(text: CodeText) -> Iterator[tuple[int, str]]:
    for offset, line, prefix in nested_lines(text, _OPENS, _prefix):
        if not speaks_of_health(line) and not _ROOT.match(line):
            continue
        mounted, route = _MOUNTED.match(line), _ROUTE.match(line)
        if mounted:
            yield offset, joined_path(prefix, mounted[1])
        elif _ROOT.match(line):
            yield offset, joined_path(prefix)
        elif route and (not _VERB.match(line) or "health" in route[1]):
            yield offset, joined_path(prefix, route[1])


def _prefix(line: str) -> str:
    """What a block's line adds: `namespace :api do`, `scope path: "/v1" do`, `slice :a, at: "/a" do`."""
    found = _PREFIX.match(line)
    if found is None:
        return ""
    option = _PATH_OPTION.search(line)
    return option[1] if option else found[1]


def _compared(text: CodeText) -> Iterator[tuple[int, str]]:
    return ((found.start(), found[1]) for found in text.find(_COMPARED))


def _of_gems(text: CodeText) -> Iterator[tuple[int, str]]:
    """The gem health_check's own route."""
    return ((found.start(), "/health_check") for found in text.find(_OF_GEM))
