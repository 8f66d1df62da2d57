"""The ports that Java and Kotlin code listens on."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.ports import listening
from muster.nomad.domain.extractors.code.text import arguments

# The word that a file must hold, and the call that then takes the port.
_CALLS = (
    ("ServerSocket(", re.compile(r"(?<!\w)(ServerSocket)\(\s{0,20}(?=\S)"), "`ServerSocket`"),
    ("HttpServer", re.compile(r"\b(?:HttpServer|HttpsServer)\.create\(\s{0,20}(?!\))"), "`HttpServer`"),
    ("DatagramSocket(", re.compile(r"\b(DatagramSocket)\(\s{0,20}(?=\S)"), "`DatagramSocket`"),
    ("vertx", re.compile(r"\.(?:listen|setPort)\(\s{0,20}(?!\))"), "Vert.x"),
    ("avalin", re.compile(r"\.start\(\s{0,20}(?!\))"), "Javalin"),
    ("spark.", re.compile(r"(?<![\w.])(?:Spark\.|http\.)?port\(\s{0,20}(?!\))"), "Spark"),
    ("ddHttpListener(", re.compile(r"\.addHttpListener\(\s{0,20}"), "Undertow"),
    ("orPort(", re.compile(r"\b(?:forPort|newServerBuilderForPort)\(\s{0,20}"), "the gRPC server"),
    ("eclipse.jetty", re.compile(r"\bnew\s{1,9}Server\(\s{0,20}(?!\))|\.setPort\(\s{0,20}"), "Jetty"),
    ("asServer(", re.compile(r"\basServer\(\s{0,20}\w{1,40}\(\s{0,20}"), "http4k"),
    ("ServerBootstrap", re.compile(r"\.bind\(\s{0,20}(?!\))"), "Netty"),
    ("helidon", re.compile(r"\.port\(\s{0,20}(?!\))"), "Helidon"),
    ("reactor.netty", re.compile(r"\.port\(\s{0,20}(?!\))"), "Reactor Netty"),
    ("server.port", re.compile(r"\"server\.port\"\s{0,9}(?:,|to\b)\s{0,20}"), "`server.port`"),
)
_EMBEDDED = re.compile(r"\bembeddedServer\(\s{0,20}(?:factory\s{0,9}=\s{0,9})?(?=\w)")
_PORT_ARGUMENT = re.compile(r"(?<!\w)port\s{0,9}=\s{0,9}")


def port_findings(values: Expressions) -> Iterator[Finding]:
    """The ports a file opens."""
    text = values.text
    for word, call, what in _CALLS:
        for found in text.find(call) if word in text.code else ():
            udp = what == "`DatagramSocket`"
            yield from listening(text, found.end(), values.value(found.end()), what, udp=udp, custom=not udp)
    if "embeddedServer(" in text.code:
        yield from _embedded(values)


def _embedded(values: Expressions) -> Iterator[Finding]:
    """Ktor's `embeddedServer(Netty, port = 8080)`, or the port as its second argument."""
    text = values.text
    for found in text.find(_EMBEDDED):
        spans = arguments(text.code, found.end())
        end = spans[-1][1] if spans else found.end()
        named = _PORT_ARGUMENT.search(text.code, found.end(), end)
        second = spans[1][0] if len(spans) > 1 else None
        at = named.end() if named else second
        if at is not None:
            yield from listening(text, at, values.value(at), "`embeddedServer`")
