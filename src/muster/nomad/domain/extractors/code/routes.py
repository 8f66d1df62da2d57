"""Which HTTP routes in code tell whether the application is well."""

import re
from collections.abc import Iterable, Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.facts import HealthFact

# A name that can't mean anything else, whatever stands before it; then names that only count near the root.
_SURE = re.compile(
    r"_{0,2}(?:health|healthz|health[-_]?checks?|healthcheckz|heartbeat|lbheartbeat)(?:_{0,2})", re.IGNORECASE
)
_READY = re.compile(r"_{0,2}(?:ready|readyz|readiness|live|livez|liveness|alive|healthy|startup)", re.IGNORECASE)
_LOOSE = re.compile(r"_{0,2}(?:ping|status|up|statusz)", re.IGNORECASE)
_PLAIN_PREFIX = re.compile(
    r"|_|-|api|v[0-9]+|rest|app|svc|service|internal|system|sys|public|management|manage|actuator|monitor|monitoring|probes?"
    r"|admin|_{0,2}healthz?|_?health_?checks?|k8s|server|meta|q|live|ready|core|common|_?status",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"[{}<>:*()\[\]$?\\^|+ ]")
_WORDS = ("health", "heartbeat", "ready", "live", "ping", "status", "startup", '"/"', "'/'")
_UP = re.compile(r"up(?<=\bup)\b")
_MOST_SEGMENTS = 6
_ROOT = 0.3
"""A page at the root says less than a health route, and more than an open port."""


def health_confidence(path: str) -> float | None:
    """How sure a route with this path is a health check, 0 to 1; None when it is none or has a parameter in it."""
    if not path.startswith("/") or _PARAMETER.search(path):
        return None
    if path == "/":
        return _ROOT
    *before, last = path.strip("/").split("/")
    if len(before) >= _MOST_SEGMENTS:
        return None
    plain = all(_PLAIN_PREFIX.fullmatch(segment) for segment in before)
    if _SURE.fullmatch(last):
        return 0.9 if plain else 0.7
    if plain and _READY.fullmatch(last):
        return 0.8
    return 0.6 if plain and _LOOSE.fullmatch(last) else None


def speaks_of_health(code: str) -> bool:
    """Whether a health route may stand in code at all: a test that costs little."""
    small = code.lower()
    return any(word in small for word in _WORDS) or _UP.search(small) is not None


def joined_path(*parts: str) -> str:
    """A route under its prefixes: `/api` and `health/` give `/api/health/`; a trailing slash is the route's own."""
    body = "/".join(inner for part in parts if (inner := part.strip("/")))
    return f"/{body}/" if body and parts[-1].endswith("/") else f"/{body}"


def health_finding(file: str, line: int, path: str, *, sure: float = 1.0) -> Finding | None:
    """The finding for a route, None when its path is no health check. `sure` is how sure the full path is, 0 to 1."""
    confidence = health_confidence(path)
    if confidence is None:
        return None
    surer = confidence * sure - path.count("/") / 100  # of several the shorter one
    return Finding(file, line, HealthFact(type="http", path=path), f"the code has a route {path}", surer)


def is_page(text: CodeText, path: str) -> bool:
    """Whether a route of a loose name has others below it by their id: `/status` beside `/status/:slug` is a page."""
    last = path.rstrip("/").rpartition("/")[2]
    return _LOOSE.fullmatch(last) is not None and any(f"/{last}/{mark}" in text.code for mark in ":{<[")


def health_findings(text: CodeText, routes: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """The health routes among those of a file, which are offsets with full paths."""
    for offset, path in routes:
        finding = health_finding(text.file.path, text.line(offset), path)
        if finding is not None and not is_page(text, path):
            yield finding
