"""What can be seen in Python code that does not parse (Python 2, templates), by regular expressions line by line."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import NAME, EnvRead, How
from muster.nomad.domain.extractors.code.findings import LISTED, Finding
from muster.nomad.domain.extractors.code.routes import health_finding
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import PortFact

_CALL = re.compile(
    rf"\b(?:environ\.get|getenv)\(\s*['\"]({NAME})['\"]\s*(?:,\s*(?:['\"]([^'\"]{{0,200}})['\"]|([0-9]{{1,9}}))|(,))?"
)
_SUBSCRIPT = re.compile(rf"\benviron\[\s*['\"]({NAME})['\"]\s*\](?!\s*=[^=])")
_RUN = re.compile(r"\.run\([^)]{0,200}?\bport\s*=\s*([0-9]{1,5})\b")
_ROUTE = re.compile(r"^\s*@\w{1,60}\.(?:route|get)\(\s*['\"](/[^'\"]{0,80})['\"]")
_LONGEST_LINE = 1000


def fallback_reads(file: SourceFile) -> list[EnvRead]:
    """The environment variables read in code that does not parse."""
    return [read for number, line in _lines(file) for read in _reads(number, line)]


def fallback_findings(file: SourceFile) -> Iterator[Finding]:
    """The ports and health routes in code that does not parse."""
    for number, line in _lines(file):
        run, route = _RUN.search(line), _ROUTE.match(line)
        port = Value(run[1]).port if run else None
        if port is not None:
            yield Finding(file.path, number, PortFact(port=port), f"`run(...)` listens on {port}", LISTED)
        finding = health_finding(file.path, number, route[1]) if route else None
        if finding is not None:
            yield finding


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.lines, start=1):
        if len(line) <= _LONGEST_LINE and not line.lstrip().startswith("#"):
            yield number, line


def _reads(number: int, line: str) -> Iterator[EnvRead]:
    for found in _CALL.finditer(line):
        default = found[2] or found[3]
        how = How.DEFAULT if default is not None or found[2] == "" or found[4] else How.BARE
        yield EnvRead(found[1], number, how, default)
    for found in _SUBSCRIPT.finditer(line):
        yield EnvRead(found[1], number, How.NEEDED)
