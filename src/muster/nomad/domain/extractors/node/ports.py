"""The ports that JavaScript and TypeScript code listens on."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, Finding
from muster.nomad.domain.extractors.code.text import CodeText, arguments
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.node.expressions import ScriptExpressions
from muster.nomad.domain.facts import PortFact

_LISTEN = re.compile(r"\.listen\(\s{0,20}")
# Calls that take the port in an object of options.
_OPTIONS = re.compile(
    r"(?<![\w$])((?:new\s{1,9})?(?:[\w$]{1,40}\.)?(?:serve|WebSocketServer|WebSocket\.Server|Server|server|WSServer"
    r"|startStandaloneServer|createServer|listen|PeerServer|bootstrap))\(\s{0,20}"
)
_POSITIONAL = re.compile(
    r"\bnew\s{1,9}(?:WebSocketServer|WebSocket\.Server|Server|SMTPServer)\(\s{0,20}(?=[0-9A-Za-z_$])"
)
_PORT_KEY = re.compile(r"(?<![\w$.])['\"]?port['\"]?\s{0,9}(?::\s{0,20}|(?=[,}\n]))")
_DATAGRAM = re.compile(r"\.bind\(\s{0,20}")


def port_findings(text: CodeText, values: ScriptExpressions, custom_port: int) -> Iterator[Finding]:
    """The ports a file opens. `custom_port` is the framework's own, for code that takes the port from a variable."""
    for found in text.find(_LISTEN):
        yield from _listen(text, values, found.end(), custom_port)
    for found in text.find(_OPTIONS):
        if text.code.startswith("{", found.end()) or found[1].endswith("startStandaloneServer"):
            yield from _in_options(text, values, found.end(), custom_port, found[1])
    for found in text.find(_POSITIONAL):
        yield from _finding(text, found.end(), values.value(found.end()), custom_port, "a server")
    if "dgram" in text.code:
        for found in text.find(_DATAGRAM):
            yield from _finding(text, found.end(), values.value(found.end()), None, "`bind(...)`", udp=True)


def _listen(text: CodeText, values: ScriptExpressions, start: int, custom_port: int) -> Iterator[Finding]:
    if text.code.startswith("{", start):
        yield from _in_options(text, values, start, custom_port, "listen")
    else:
        yield from _finding(text, start, values.value(start), custom_port, "`listen(...)`")


def _in_options(
    text: CodeText, values: ScriptExpressions, start: int, custom_port: int, what: str
) -> Iterator[Finding]:
    spans = arguments(text.code, start)
    end = spans[-1][1] if spans else start
    key = _PORT_KEY.search(text.code, start, end)
    if key:
        shorthand = not key[0].rstrip().endswith(":")
        value = values.named("port") if shorthand else values.value(key.end())
        yield from _finding(text, key.start(), value, custom_port, f"`{what.split()[-1]}(...)`")


def _finding(
    text: CodeText, offset: int, value: Value, custom_port: int | None, what: str, *, udp: bool = False
) -> Iterator[Finding]:
    if value.is_elsewhere:
        return
    port = value.port or (custom_port if value.is_left_open else None)
    if port is None:
        return
    said = (
        f"{what} listens on {port}"
        if value.port
        else f"{what} listens on {value.env}; {port} is the framework's custom"
    )
    reason = f"{said}; {value.env} sets it" if value.env and value.port else said
    fact = PortFact(port=port, protocol="udp" if udp else "tcp", env=value.env, env_form=value.env_form)
    yield Finding(text.file.path, text.line(offset), fact, reason, EXPLICIT if value.port else CUSTOM)
