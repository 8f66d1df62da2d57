"""The ports that Go code listens on."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.ports import CUSTOM_PORT, LOOPBACK, custom_port_finding, port_finding
from muster.nomad.domain.extractors.code.text import CodeText, arguments
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.go.expressions import GoExpressions
from muster.nomad.domain.facts import FrameworkFact, WorkloadFact

_SERVE = re.compile(r"(?<![\w.])([\w.]{1,60})\.ListenAndServe(?:TLS)?\(\s{0,20}(\))?")
_SERVER = re.compile(r"(?<![\w.])(\w{1,40})\.Server\{")
_ADDRESS = re.compile(r"(?<!\w)Addr\s{0,9}:\s{0,9}")
_ADDRESS_SET = re.compile(r"\.Addr\s{0,9}=\s{0,9}")
_UDP = re.compile(r"\bNet\s{0,9}:\s{0,9}\"udp")
_LISTEN = re.compile(
    r"\.(?:Listen|ListenPacket|ListenTCP|ListenUDP)\((?:\w{1,20}(?:\.\w{1,20}\(\))?\s{0,9},)?\s{0,9}(?:\"(tcp|udp)[46]?\"|[a-z]\w{0,20})\s{0,9},\s{0,9}"
)
_RUN = re.compile(r"(?<![\w.])([\w.]{1,60})\.(?:Run|RunTLS|Start|StartTLS|Listen|ListenTLS|StartServer)\(\s{0,20}(\))?")
_GIN_ENGINE = re.compile(r"(?<!\w)(\w{1,40})\s{0,9}:?=\s{0,9}gin\.(?:Default|New)\(")
_ASIDE = re.compile(r"metrics|pprof|debug|prom", re.IGNORECASE)
_LOCAL = ("localhost:", "127.0.0.1:", "[::1]:")
_GIN_PORT = Value("8080", "PORT")  # gin itself reads PORT when Run gets no address


def port_findings(text: CodeText, values: GoExpressions, framework_port: int | None) -> Iterator[Finding]:
    """The ports a file opens. `framework_port` is that of the unit's web framework, None when it has none."""
    yield from _served(text, values)
    for found in text.find(_LISTEN):
        yield from _finding(text, values, found.end(), "`Listen(...)`", udp=found[1] == "udp")
    if framework_port is None:
        return
    engines = {found[1] for found in text.find(_GIN_ENGINE)}
    for found in text.find(_RUN):
        if found[2] and found[1] in engines:
            yield port_finding(text, found.start(), _GIN_PORT, "`Run()` listens on", CUSTOM)
        elif not found[2]:
            yield from _finding(text, values, found.end(), "the server", custom=framework_port)


def _served(text: CodeText, values: GoExpressions) -> Iterator[Finding]:
    """What net/http and the like serve, and that they do."""
    for found in text.find(_SERVE):
        if '"net/http"' in text.code:
            place = (text.file.path, text.line(found.start()))
            yield Finding(*place, FrameworkFact(framework="net/http"), "the code serves HTTP", IMPORTED)
            yield Finding(*place, WorkloadFact(workload="server"), "the code serves HTTP", IMPORTED)
        if not found[2]:
            yield from _finding(text, values, found.end(), "`ListenAndServe(...)`", custom=CUSTOM_PORT)
    for found in text.find(_SERVER):
        spans = arguments(text.code, found.end())
        end = spans[-1][1] if spans else found.end()
        address = _ADDRESS.search(text.code, found.end(), end)
        udp = bool(_UDP.search(text.code, found.end(), end))
        if address:
            yield from _finding(text, values, address.end(), f"`{found[1]}.Server`", custom=CUSTOM_PORT, udp=udp)
    for found in text.find(_ADDRESS_SET) if ".ListenAndServe" in text.code else ():
        yield from _finding(text, values, found.end(), "the server's address", custom=CUSTOM_PORT)


def _finding(
    text: CodeText, values: GoExpressions, offset: int, what: str, *, custom: int | None = None, udp: bool = False
) -> Iterator[Finding]:
    value = values.value(offset)
    if value.is_elsewhere:
        return
    if value.port:
        said = re.split(r"[,)\n]", text.code[offset : offset + 60], maxsplit=1)[0] + (value.env or "")
        local = (value.text or "").startswith(_LOCAL)
        confidence = LOOPBACK if local else LISTED if _ASIDE.search(said) else EXPLICIT
        yield port_finding(text, offset, value, f"{what} listens on", confidence, udp=udp)
    elif value.is_left_open and custom:
        yield custom_port_finding(text, offset, value, f"{what} listens on", custom, udp=udp)
