"""Where streamlit is told to listen: `server.port` in `.streamlit/config.toml`."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import EXPLICIT, Finding
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import inner_table, toml_table
from muster.nomad.domain.facts import PortFact

GLOBS = (".streamlit/config.toml", "*/.streamlit/config.toml")
_LINE = re.compile(r"\s{0,20}(?:server\s{0,3}\.\s{0,3})?port\s{0,9}=")


def is_configuration(file: SourceFile) -> bool:
    """Whether it is streamlit's configuration."""
    return file.path.endswith(".streamlit/config.toml")


def streamlit_findings(file: SourceFile) -> Iterator[Finding]:
    """The port that it names; nothing where the file can't be parsed, which streamlit does not survive either."""
    table = toml_table(file.text)
    port = None if isinstance(table, str) else inner_table(table, "server").get("port")
    if isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65536:
        line = next((number for number, line in enumerate(file.lines, start=1) if _LINE.match(line[:200])), 1)
        yield Finding(file.path, line, PortFact(port=port), f"streamlit's server.port is {port}", EXPLICIT)
