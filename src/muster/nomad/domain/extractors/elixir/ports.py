"""The ports that Elixir code listens on: endpoints' `http:` options, Bandit, Plug.Cowboy, gRPC, plain sockets."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import EXPLICIT, LISTED, Finding
from muster.nomad.domain.extractors.code.ports import custom_port_finding, port_finding
from muster.nomad.domain.extractors.code.text import CodeText, arguments

_SERVER = re.compile(
    r"(?<![\w.])(http:\s{0,9}\[|\{\s{0,3}:http,\s{0,9}\[|(?:Bandit|ThousandIsland)(?:\.start_link\(|,)"
    r"|Plug\.(?:Cowboy|Adapters\.Cowboy2?)(?:\.http\(|,)|GRPC\.Server\.Supervisor,)"
)
_PORT = re.compile(r"(?<![\w.])port:\s{0,40}")
_SOCKET = re.compile(r":(gen_tcp|gen_udp)\.(?:listen|open)\(\s{0,9}")
_ASIDE = re.compile(r"metrics|prom_?ex|prometheus|telemetry", re.IGNORECASE)
_PHOENIX_PORT = 4000
# Configurations by other names are for environments of their own.
_CONFIGURATION = re.compile(r"(?:.*/)?config/(?!(?:config|prod|runtime|releases)\.exs)[\w.-]{1,80}\.exs")


def port_findings(text: CodeText, values: Expressions) -> Iterator[Finding]:
    """The ports a file opens."""
    if _CONFIGURATION.fullmatch(text.file.path):
        return
    if "port:" in text.code:
        for found in text.find(_SERVER):
            yield from _in_options(text, values, found)
    for found in text.find(_SOCKET) if ":gen_" in text.code else ():
        value = values.value(found.end())
        if value.port and not value.is_elsewhere:
            what, udp = f"`{found[1]}` listens on", found[1] == "gen_udp"
            yield port_finding(text, found.start(), value, what, EXPLICIT, udp=udp)


def _in_options(text: CodeText, values: Expressions, found: "re.Match[str]") -> Iterator[Finding]:
    spans = arguments(text.code, found.end())
    end = spans[-1][1] if spans else found.end()
    key = _PORT.search(text.code, found.end(), end)
    if key is None:
        return
    value = values.value(key.end())
    what = f"`{found[1].strip('{,[( ')}` listens on"
    said = text.code[found.end() : key.end()] + text.code[key.end() : key.end() + 60].partition("\n")[0]
    if value.port and not value.is_elsewhere:
        yield port_finding(text, key.start(), value, what, LISTED if _ASIDE.search(said) else EXPLICIT)
    elif value.is_left_open and not value.is_elsewhere:
        yield custom_port_finding(text, key.start(), value, what, _PHOENIX_PORT)
