"""What a Prisma schema says: the database, and the variables that hold its address."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import NAME, EnvRead, How
from muster.nomad.domain.extractors.code.findings import EXPLICIT, Finding
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import DependencyFact

_PROVIDER = re.compile(r"^\s{0,20}provider\s{0,20}=\s{0,20}\"([a-z]{1,20})\"")
_ENV = re.compile(rf"^\s{{0,20}}\w{{1,40}}\s{{0,20}}=\s{{0,20}}env\(\s{{0,9}}\"({NAME})\"")
_SERVICES = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mongodb": "mongodb",
    "sqlserver": "mssql",
    "cockroachdb": "cockroachdb",
}


def prisma_findings(file: SourceFile) -> Iterator[Finding]:
    """The database of the data source."""
    for number, line in enumerate(file.lines, start=1):
        found = _PROVIDER.match(line)
        if found and found[1] in _SERVICES:
            fact = DependencyFact(service=_SERVICES[found[1]], by="prisma")
            yield Finding(file.path, number, fact, f"Prisma's provider is {found[1]}", EXPLICIT)


def prisma_reads(file: SourceFile) -> list[EnvRead]:
    """The variables that the data source names; Prisma fails without them."""
    matches = ((number, _ENV.match(line)) for number, line in enumerate(file.lines, start=1))
    return [EnvRead(found[1], number, How.NEEDED) for number, found in matches if found]
