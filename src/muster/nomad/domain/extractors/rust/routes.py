"""Health routes in Rust code, with the prefixes under which routers and handlers are put."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_confidence, health_findings, joined_path
from muster.nomad.domain.extractors.code.text import CodeText, arguments

_ATTRIBUTE = re.compile(
    r"#\[(?:[\w:]{0,30}::)?(?:get|route|head)\(\s{0,9}\"(/[\w./-]{0,80})\"[^\]\n]{0,120}\][^{;]{0,300}?\bfn\s{1,9}(\w{1,60})"
)
_ROUTE = re.compile(r"\.(?:route|at|route_service)\(\s{0,40}\"(/[\w./-]{1,80})\"\s{0,9},?\s{0,40}")
_RESOURCE = re.compile(r"\b(?:web::)?(?:resource|with_path)\(\s{0,9}\"(/?[\w./-]{1,80})\"\s{0,9}\)")
_WARP = re.compile(r"\bpath(?:!\(|\(|::path\()\s{0,9}\"([\w.-]{1,60})\"\s{0,9}\)")
_TINY = re.compile(r"(?:==\s{0,9}|\(&?(?:hyper::)?Method::GET,\s{0,9})\"(/[\w./-]{1,60})\"")
_OTHER_METHOD = re.compile(r"(?:web::|routing::)?(?:post|put|delete|patch)\(")
_NESTED = re.compile(r"\.(?:nest|nest_service|mount|nest_api_service)\(\s{0,40}\"(/[\w./-]{0,80})\"\s{0,9},\s{0,40}")
_SCOPE = re.compile(r"\bscope\(\s{0,40}\"(/?[\w./-]{0,80})\"\s{0,9}\)")
_FUNCTION = re.compile(r"fn(?<!\wfn)\s{1,9}(\w{1,60})")
_BOUND = re.compile(r"\blet\s{1,9}(?:mut\s{1,9})?(\w{1,60})\b[^=;]{0,60}=")
_WORD = re.compile(r"[A-Za-z_]\w{0,60}")
_SCOPE_WINDOW = 600


@dataclass(frozen=True)
class Mount:
    """A prefix, the names that are put under it, and the code of it."""

    prefix: str
    words: frozenset[str]
    path: str
    start: int
    end: int


def find_mounts(texts: Iterable[CodeText]) -> list[Mount]:
    """All prefixes of a unit."""
    return [mount for text in texts for mount in (*_nested(text), *_scopes(text))]


def route_findings(text: CodeText, mounts: list[Mount]) -> Iterator[Finding]:
    """The health routes of a file."""
    yield from health_findings(text, _full_paths(text, mounts))


def _full_paths(text: CodeText, mounts: list[Mount]) -> Iterator[tuple[int, str]]:
    for offset, path, names in _routes(text):
        if health_confidence(joined_path(path)) is None:
            continue
        for prefix in _prefixes(text, offset, names, mounts):
            yield offset, joined_path(prefix, path)


def _nested(text: CodeText) -> Iterator[Mount]:
    for found in text.find(_NESTED):
        spans = arguments(text.code, found.end())
        if spans:
            inner = text.code[found.end() : spans[-1][1]]
            yield Mount(found[1], frozenset(_WORD.findall(inner)), text.file.path, found.end(), spans[-1][1])


def _scopes(text: CodeText) -> Iterator[Mount]:
    """actix's `web::scope("/api").service(health)`: what follows up to the bracket that closes around it."""
    for found in text.find(_SCOPE):
        spans = arguments(text.code, found.end())
        end = min(spans[0][1] if spans else found.end(), found.end() + _SCOPE_WINDOW)
        words = frozenset(_WORD.findall(text.code[found.end() : end]))
        yield Mount("/" + found[1].strip("/"), words, text.file.path, found.end(), end)


def _routes(text: CodeText) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Each route with the names by which other code puts it somewhere: its handler, else what it is built in."""
    if "#[" in text.code:
        for found in text.find(_ATTRIBUTE):
            yield found.start(), found[1], frozenset((found[2],))
    functions = [(found.start(), found[1]) for found in text.find(_FUNCTION)]
    for found in text.find(_ROUTE):
        if not _OTHER_METHOD.match(text.code, found.end()):
            yield found.start(), found[1], _around(text, functions, found.start())
    for found in text.find(_RESOURCE):
        yield found.start(), "/" + found[1].strip("/"), _around(text, functions, found.start())
    if "warp" in text.code:
        yield from ((found.start(), "/" + found[1], frozenset[str]()) for found in text.find(_WARP))
    if "hyper" in text.code or "tiny_http" in text.code:
        yield from ((found.start(), found[1], frozenset[str]()) for found in text.find(_TINY))


def _around(text: CodeText, functions: list[tuple[int, str]], offset: int) -> frozenset[str]:
    index = bisect_right([start for start, _ in functions], offset) - 1
    function = functions[index][1] if index >= 0 else ""
    statement = max(text.code.rfind(";", 0, offset), text.code.rfind("{\n", 0, offset), 0)
    bound = _BOUND.search(text.code, statement, offset)
    return frozenset((bound[1],)) if bound else frozenset((function,)) - {"main", ""}


def _prefixes(text: CodeText, offset: int, names: frozenset[str], mounts: list[Mount]) -> list[str]:
    inside = [one.prefix for one in mounts if one.path == text.file.path and one.start <= offset < one.end]
    if inside:
        return [joined_path(*inside)]
    return list(dict.fromkeys(one.prefix for one in mounts if one.words & names))[:4] or ["/"]
