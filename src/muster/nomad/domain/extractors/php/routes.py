"""Health routes in PHP: Laravel, Symfony, Slim and their like, compared paths, files that are called by their name."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import GUESS, Finding
from muster.nomad.domain.extractors.code.nesting import braced
from muster.nomad.domain.extractors.code.routes import health_findings, joined_path, speaks_of_health
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import HealthFact

_PATH = r"['\"](/?[\w./-]{0,80})['\"]"
_ROUTE = re.compile(
    r"(?:\bRoute::|\bRouter::|\bFlight::|\$(?:app|router|routes?|r|group|api|server|slim|web|f3)->|\$this->(?:app|router)->|\)->)"
    r"(?:get|any|map|match|view|head|addRoute|route|redirect)\(\s{0,40}(?:\[?\s{0,3}['\"](?:GET|HEAD)[^\]\n]{0,40}?\]?,\s{0,40})?"
    rf"{_PATH}\s{{0,9}},"
)
_GROUP = re.compile(
    rf"(?:\bprefix\(\s{{0,9}}{_PATH}\s{{0,9}}\)[^;{{}}]{{0,200}}?->group\(|->group\(\s{{0,9}}{_PATH}\s{{0,9}},"
    rf"|\bgroup\(\s{{0,9}}\[[^\];]{{0,200}}?['\"]prefix['\"]\s{{0,9}}=>\s{{0,9}}{_PATH}[^\];]{{0,200}}\]\s{{0,9}},)"
    r"\s{0,40}(?:static\s{1,9})?function\s{0,9}\([^){]{0,120}\)[^{};]{0,80}(\{)"
)
_LARAVEL = re.compile(rf"^\s{{0,40}}+health:\s{{0,9}}{_PATH}", re.MULTILINE)
_ATTRIBUTE = re.compile(
    rf"(?:#\[|@)(?:\w{{1,20}}\\)?(?:Route|Get)\(\s{{0,9}}(?:path\s{{0,3}}[:=]\s{{0,9}})?{_PATH}([^\n]{{0,300}})"
)
_OF_CLASS = re.compile(
    r"\s{0,40}(?:\*/\s{0,40}|#\[[^\n]{0,200}\n\s{0,40}){0,6}(?:(?:final|abstract|readonly)\s{1,9}){0,3}class\s"
)
_COMPARED = re.compile(
    rf"(?:REQUEST_URI['\"]\]|PATH_INFO['\"]\]|\$(?:uri|path|url|route|request_?[uU]ri))\)?\s{{0,9}}={{2,3}}\s{{0,9}}{_PATH}"
    rf"|\bcase\s{{1,9}}{_PATH}\s{{0,3}}:"
)
_YAML_PATH = re.compile(r"^\s{1,20}path:\s{1,9}['\"]?(/[\w./-]{1,80})", re.MULTILINE)
_ROUTES_FILE = re.compile(r"(?:.*/)?config/routes(?:/.{1,80}|\.ya?ml)")
_PAGE = re.compile(
    r"(?:(?:public|web|www|html|htdocs|public_html|webroot|src)/)?((?:health|healthz|health[_-]?check)\.php)"
)


def route_findings(text: CodeText, *, laravel: bool) -> Iterator[Finding]:
    """The health routes of a file; in Laravel those of `routes/api.php` lie below `/api`."""
    if not speaks_of_health(text.file.text):
        return
    prefix = "/api" if laravel and text.file.path.endswith("routes/api.php") else ""
    yield from health_findings(text, (*_calls(text, prefix), *_attributes(text), *_compared(text)))


def configured_routes(file: SourceFile) -> Iterator[Finding]:
    """The health routes in Symfony's `config/routes.yaml`."""
    if _ROUTES_FILE.fullmatch(file.path):
        text = CodeText(file, file.text)
        yield from health_findings(text, ((found.start(1), found[1]) for found in text.find(_YAML_PATH)))


def page_finding(path: str, below: str) -> Finding | None:
    """A file such as `public/health.php`, which answers under its own name; `below` is its path in the unit."""
    found = _PAGE.fullmatch(below)
    fact = HealthFact(type="http", path=f"/{found[1]}") if found else None
    return Finding(path, 1, fact, "the file is called for a health check", GUESS) if fact else None


def _calls(text: CodeText, prefix: str) -> Iterator[tuple[int, str]]:
    starts = {found.start(4): next(one for one in found.groups() if one is not None) for found in text.find(_GROUP)}
    blocks = braced(text.code, starts)
    for found in text.find(_ROUTE):
        above = [one for start, end, one in blocks if start < found.start() < end]
        yield found.start(1), joined_path(prefix, *above, found[1])
    if text.file.path.endswith("bootstrap/app.php"):
        yield from ((found.start(1), joined_path(found[1])) for found in text.find(_LARAVEL))


def _attributes(text: CodeText) -> Iterator[tuple[int, str]]:
    """Symfony's routes, in attributes and in comments of documentation; the one of the class is a prefix."""
    raw = CodeText(text.file, text.file.text) if "@Route(" in text.file.text else text
    prefix = ""
    for found in raw.find(_ATTRIBUTE):
        if _OF_CLASS.match(raw.code, found.end()):
            prefix = found[1]
        else:
            yield found.start(1), joined_path(prefix, found[1])


def _compared(text: CodeText) -> Iterator[tuple[int, str]]:
    return ((found.start(), found[1] or found[2]) for found in text.find(_COMPARED) if found[1] or found[2])
