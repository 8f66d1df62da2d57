"""Rocket's configuration: Rocket.toml, and the variables that it reads itself."""

from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, Finding
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, toml_table
from muster.nomad.domain.facts import PortFact

VARIABLE = "ROCKET_PORT"
_PORT = 8000
# What a release build runs with comes first.
_PROFILES = ("release", "production", "prod", "global", "default")


def rocket_findings(files: tuple[SourceFile, ...], launch: tuple[str, int] | None) -> Iterator[Finding]:
    """The port by Rocket.toml, else Rocket's own where the code launches it at that place."""
    said = [finding for file in files for finding in _by_file(file)]
    yield from said
    if launch and not said:
        reason = f"Rocket listens on {_PORT} by itself; {VARIABLE} sets it"
        yield Finding(*launch, PortFact(port=_PORT, env=VARIABLE), reason, CUSTOM)


def _by_file(file: SourceFile) -> Iterator[Finding]:
    data = toml_table(file.text)
    if isinstance(data, str):
        return
    for profile in _PROFILES:
        port = _port(data, profile)
        if port:
            line = next(
                (number for number, line in enumerate(file.lines, 1) if f"{port}" in line and "port" in line), 1
            )
            reason = f"Rocket.toml has port {port} for {profile}; {VARIABLE} sets it"
            yield Finding(file.path, line, PortFact(port=port, env=VARIABLE), reason, EXPLICIT)
            return


def _port(data: Table, profile: str) -> int | None:
    port = inner_table(data, profile).get("port")
    return port if isinstance(port, int) and 0 < port < 65536 else None
