"""Health routes in JavaScript and TypeScript: router calls, route objects, Nest controllers, compared paths."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_finding, is_page, joined_path
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.node.mounts import Mounts, full_paths

_PATH = r"['\"`](/[\w./-]{0,80})['\"`]"
_CALL = re.compile(
    rf"(?<![\w$])([A-Za-z_$][\w$]{{0,40}})(?:\(\))?\s{{0,20}}\.(get|all|use|head|route)\(\s{{0,20}}{_PATH}\s{{0,9}}([,)])"
)
_SERVER = re.compile(r"app|server|fastify|koa|hono|polka|instance|application|\w{0,30}(?:App|Server)", re.IGNORECASE)
_ROUTER = re.compile(r"api|r|routes?|\w{0,30}(?:router|routes?|controller|handler)", re.IGNORECASE)
_HANDLED = re.compile(r"\s{0,20}(?:async\b|function\b|\(|\{\s{0,9}(?:schema|config|logLevel)|[A-Za-z_$])")
_OBJECT = re.compile(rf"\b(?:url|path)\s{{0,9}}:\s{{0,9}}{_PATH}")
_COMPARED = re.compile(rf"(?:url|path|pathname)\)?\s{{0,9}}={{2,3}}\s{{0,9}}{_PATH}")
_TERMINUS = re.compile(rf"{_PATH}\s{{0,9}}:")
_CONTROLLER = re.compile(
    r"@Controller\(\s{0,9}(?:\{[^}]{0,120}?\bpath\s{0,9}:\s{0,9})?(?:['\"`]([\w./-]{0,80})['\"`])?"
)
_NEST_GET = re.compile(r"@(?:Get|All)\(\s{0,9}(?:['\"`]([\w./-]{0,80})['\"`])?\s{0,9}\)")
_GLOBAL_PREFIX = re.compile(r"\.setGlobalPrefix\(\s{0,9}['\"`]([\w./-]{0,80})['\"`]")


def global_prefix(text: CodeText) -> str | None:
    """Nest's `app.setGlobalPrefix("api")`."""
    found = next(text.find(_GLOBAL_PREFIX), None)
    return found[1] if found else None


def route_findings(text: CodeText, mounts: Mounts, prefix: str) -> Iterator[Finding]:
    """The health routes of a file. `prefix` is Nest's global one."""
    routes = (*_calls(text, mounts), *_objects(text), *_controllers(text, prefix))
    for offset, path, sure in routes:
        finding = health_finding(text.file.path, text.line(offset), path, sure=sure)
        if finding is not None and not is_page(text, path):
            yield finding


def _calls(text: CodeText, mounts: Mounts) -> Iterator[tuple[int, str, float]]:
    """`app.get("/health", ...)`; a router's route is less sure where nothing says how it is mounted."""
    browser = "axios" in text.code or "from 'react'" in text.code or 'from "react"' in text.code
    for found in text.find(_CALL):
        owner, method, path = found[1], found[2], found[3]
        serves = _SERVER.fullmatch(owner) or (_ROUTER.fullmatch(owner) and not browser)
        handled = method == "route" or (found[4] == "," and _HANDLED.match(text.code, found.end()))
        if not serves or not handled or (method, path) == ("use", "/"):
            continue
        mounted = not _SERVER.fullmatch(owner) and text.file.path not in mounts
        sure = 0.7 if mounted or method == "use" else 1.0
        for full in full_paths(text.file.path, path, mounts):
            yield found.start(3), full.rstrip("/") or "/", sure


def _objects(text: CodeText) -> Iterator[tuple[int, str, float]]:
    for found in text.find(_OBJECT):
        around = text.code[max(0, found.start() - 150) : found.end() + 150]
        if re.search(r"\bmethod\s{0,9}:|\bhandler\b", around):
            yield found.start(), found[1], 1.0
    for found in text.find(_COMPARED):
        yield found.start(), found[1], 0.9
    if "terminus" in text.code:
        for found in text.find(_TERMINUS):
            yield found.start(), found[1], 1.0


def _controllers(text: CodeText, prefix: str) -> Iterator[tuple[int, str, float]]:
    """Nest: each `@Get` belongs to the `@Controller` above it."""
    owners = [(found.start(), found[1] or "") for found in text.find(_CONTROLLER)]
    for found in text.find(_NEST_GET):
        above = [path for start, path in owners if start < found.start()]
        if above:
            yield found.start(), joined_path(prefix, above[-1], found[1] or ""), 1.0
