"""Health routes in .NET code: health checks, minimal APIs with their groups, controllers."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_findings, joined_path
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.dotnet.grammar import development_blocks

_CHECKS = re.compile(
    r"(?<!\w)(?:(\w{1,40})\.)?(?:MapHealthChecks|UseHealthChecks|MapGet|MapHealthCheck)\(\s{0,40}\"(/?[\w./-]{1,80})\""
)
_GROUP = re.compile(
    r"\b(\w{1,40})\s{0,9}=\s{0,9}(?:(\w{1,40})\.)?(?:\w{1,40}\.)?MapGroup\(\s{0,9}\"(/?[\w./-]{0,80})\""
)
_INLINE = re.compile(
    r"\.MapGroup\(\s{0,9}\"(/?[\w./-]{0,80})\"\s{0,9}\)\s{0,40}(?:\.\w{1,40}\([^()\n]{0,80}\)\s{0,40}){0,4}\.?$"
)
_CONTROLLER = re.compile(r"\[Route\(\s{0,9}\"([^\"\n]{0,80})\"[^\n]{0,80}\][^;{]{0,300}?\bclass\s{1,9}(\w{1,60})")
_ACTION = re.compile(r"\[Http(?:Get|Head)(?:\(\s{0,9}\"([^\"\n]{0,80})\"[^\n]{0,60}\))?\s{0,3}[,\]]")
_DEEPEST = 4


def route_findings(text: CodeText) -> Iterator[Finding]:
    """The health routes of a file, without those that only development has."""
    yield from health_findings(text, (*_mapped(text), *_actions(text)))


def _mapped(text: CodeText) -> Iterator[tuple[int, str]]:
    if "Map" in text.code or "UseHealth" in text.code:
        development = development_blocks(text)
        groups = {found[1]: (found[2], found[3]) for found in text.find(_GROUP)}
        for found in text.find(_CHECKS):
            if not any(start < found.start() < end for start, end in development):
                inline = _INLINE.search(text.before(found.start(), 200)) if not found[1] else None
                above = [inline[1]] if inline else _above(found[1], groups)
                yield found.start(2), joined_path(*above, found[2])


def _above(router: str | None, groups: dict[str, tuple[str, str]]) -> list[str]:
    """The prefixes of a group's variable, outer before inner."""
    found: list[str] = []
    while router in groups and len(found) < _DEEPEST:
        router, prefix = groups[router]
        found.insert(0, prefix)
    return found


def _actions(text: CodeText) -> Iterator[tuple[int, str]]:
    if "[Http" not in text.code:
        return
    controllers = [(found.start(), found[1], found[2]) for found in text.find(_CONTROLLER)]
    for found in text.find(_ACTION):
        own = [(route, name) for start, route, name in controllers if start < found.start()]
        route, name = own[-1] if own else ("", "")
        path = found[1] or ""
        if not own and not path:  # routed by convention, which is not seen here
            continue
        named = re.sub(r"\[controller\]", name.removesuffix("Controller").lower(), route)
        full = joined_path(path) if path.startswith(("/", "~/")) else joined_path(named, path)
        yield found.start(), full
