"""The ports that Rust code listens on."""

import re
from collections.abc import Iterable, Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.ports import listening
from muster.nomad.domain.extractors.rust.fields import RustField
from muster.nomad.domain.facts import FrameworkFact, PortFact, WorkloadFact

_BIND = re.compile(
    r"\b((?:\w{1,40}::){0,4}(?:TcpListener|TcpSocket|UdpSocket|Server|TcpIncoming|AddrIncoming|TcpAcceptor)"
    r"::(?:bind|try_bind|http|new|bind_rustls|from_tcp|bind_openssl))\(\s{0,40}"
)
_METHOD = re.compile(
    r"\.(?:bind|bind_rustls\w{0,9}|bind_openssl|bind_auto_h2c|bind_uds|try_bind|serve_with_shutdown|bind_ephemeral"
    r"|bind_with_graceful_shutdown|try_bind_with_graceful_shutdown)\(\s{0,40}"
)
_SERVED = re.compile(
    r"\bwarp::serve\(|\bServer::builder\(|\btide::(?:new|with_state)\(|\bIron::new\(|\brouille::start_server\("
)
_SERVES = re.compile(r"\.(?:run|serve|listen|http)\(\s{0,40}|\brouille::start_server\(\s{0,40}|\btcp_listen\(")
_OPTION = re.compile(r"(?:(?:http|https|web|server|listen|bind|api)_)?(?:port|addr|address)|listen|bind")
_ROCKET = re.compile(r"\brocket::(?:build|ignite|launch|custom)\(|#\[(?:rocket::)?launch\]")
# What serves without a framework of its own, by the words that only a server has.
_SERVERS = {
    "hyper": re.compile(r"\bhyper::(?:server::|Server\b|service::(?:make_)?service_fn)|\bhyper_util::server::"),
    "tonic": re.compile(r"\btonic::transport::(?:\{[^}\n]{0,80})?Server\b|\btransport::Server\b"),
    "tiny_http": re.compile(r"\btiny_http::(?:Server|\{)"),
}


def port_findings(values: Expressions) -> Iterator[Finding]:
    """The ports a file opens."""
    text = values.text
    for found in text.find(_BIND):
        udp = "UdpSocket" in found[1]
        if not udp or _fixed(values, found.end()):
            what = "`" + "::".join(found[1].split("::")[-2:]) + "(...)`"
            yield from listening(text, found.end(), values.value(found.end()), what, udp=udp)
    for found in text.find(_METHOD):
        value = values.value(found.end())
        if "HttpServer" in text.code or ":" in (value.text or ""):  # queries of databases bind as well
            yield from listening(text, found.end(), value, "`bind(...)`")
    if _SERVED.search(text.code):
        for found in text.find(_SERVES):
            yield from listening(text, found.end(), values.value(found.end()), "the server")


def serving_findings(values: Expressions) -> Iterator[Finding]:
    """Libraries that are servers only where the code serves with them."""
    text = values.text
    for name, sign in _SERVERS.items():
        found = sign.search(text.code) if name in text.code else None
        if found:
            place = (text.file.path, text.line(found.start()))
            yield Finding(*place, FrameworkFact(framework=name), f"the code serves with {name}", IMPORTED)
            yield Finding(*place, WorkloadFact(workload="server"), f"the code serves with {name}", IMPORTED)


def option_findings(fields: Iterable[RustField]) -> Iterator[Finding]:
    """The options of a server's command line that are called after where it listens."""
    for field in fields:
        if _OPTION.fullmatch(field.field) and field.value.port and not field.value.is_elsewhere:
            env = field.value.env
            fact = PortFact(port=field.value.port, env=env, env_form=field.value.env_form)
            said = f"the option {field.field} is {field.value.text} by default"
            reason = f"{said}; {env} sets it" if env else said
            yield Finding(field.path, field.line, fact, reason, LISTED)


def launches_rocket(values: Expressions) -> int | None:
    """The line that starts Rocket."""
    found = _ROCKET.search(values.text.code)
    return values.text.line(found.start()) if found else None


def _fixed(values: Expressions, offset: int) -> bool:
    """Whether a UDP socket has a port of its own: clients bind to any."""
    return values.value(offset).port is not None
