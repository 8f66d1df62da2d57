"""Health routes in Java and Kotlin code: annotations of Spring, JAX-RS and Micronaut, and routers."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.nesting import braced
from muster.nomad.domain.extractors.code.routes import health_confidence, health_findings, joined_path
from muster.nomad.domain.extractors.code.text import CodeText

_PATH = r"(?:(?:value|path|uri)\s{0,9}=\s{0,9})?[\[{]?\s{0,9}\"(/?[\w./-]{0,80})\""
_METHOD = re.compile(rf"@(?:GetMapping|RequestMapping|Get|Path)\(\s{{0,20}}{_PATH}")
_CONTROLLER = re.compile(
    rf"@(?:RequestMapping|Path|Controller)\(\s{{0,20}}{_PATH}[^)]{{0,80}}\)(?:\s{{0,40}}@[^\n]{{0,120}}){{0,6}}\s{{0,40}}(?:public\s|open\s|final\s|internal\s){{0,3}}class\b"
)
_CLASS = re.compile(r"^(?:public\s|open\s|final\s|internal\s|abstract\s){0,3}class\b", re.MULTILINE)
_CALL = re.compile(
    r"(?<![\w])(?:\w{1,40}\.)?(?:get|route|createContext|head)\(\s{0,20}\"(/[\w./-]{1,80})\"\s{0,9}(\)\s{0,9}[{.]|[,)])"
)
_BIND = re.compile(r"\"(/[\w./-]{1,80})\"\s{1,3}bind\b")
_NESTED = re.compile(
    r"\b(?:route|path)\(\s{0,9}\"(/[\w./-]{1,80})\"\s{0,9}(?:\)\s{0,9}\{|,\s{0,9}\(\)\s{0,9}->\s{0,9}\{)"
)
_ROUTERS = re.compile(r"ktor|avalin|vertx|spark\.|HttpServer|http4k|helidon")


def route_findings(text: CodeText, prefix: str) -> Iterator[Finding]:
    """The health routes of a file; `prefix` is the application's own path."""
    yield from health_findings(text, (*_annotated(text, prefix), *_called(text)))


def _called(text: CodeText) -> Iterator[tuple[int, str]]:
    if not _ROUTERS.search(text.code):
        return
    blocks: list[tuple[int, int, str]] | None = None
    for expression in (_CALL, _BIND):
        for found in text.find(expression):
            if health_confidence(found[1]) is not None and "client" not in found[0].lower():
                blocks = _blocks(text) if blocks is None else blocks
                above = [path for start, end, path in blocks if start < found.start() < end]
                yield found.start(), joined_path(*above, found[1])


def _annotated(text: CodeText, prefix: str) -> Iterator[tuple[int, str]]:
    if "@" not in text.code:
        return
    controllers = [(found.start(), found[1]) for found in text.find(_CONTROLLER)]
    classes = [found.start() for found in text.find(_CLASS)]
    starts = {start for start, _ in controllers}
    for found in text.find(_METHOD):
        if found.start() in starts:
            continue
        index = bisect_right(classes, found.start())
        before = classes[index - 2] if index > 1 else 0
        own = [path for start, path in controllers if before <= start < found.start()]
        yield found.start(), joined_path(prefix, *own[-1:], found[1])


def _blocks(text: CodeText) -> list[tuple[int, int, str]]:
    """The extents of `route("/api") {...}`, outer before inner."""
    return braced(text.code, {found.end() - 1: found[1] for found in text.find(_NESTED)})
