"""The ports that Ruby code listens on: servers' configurations, Sinatra's settings, servers that code makes itself."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, IMPORTED, Finding
from muster.nomad.domain.extractors.code.ports import LOOPBACK
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.facts import PortFact

# Configurations of servers, by the names that the servers look for.
_PUMA = re.compile(
    r"^[ \t]{0,40}+(?:port[ (]|bind[ (]|ssl_bind\s{1,3}['\"][\d.]{1,20}['\"]\s{0,3},)\s{0,9}", re.MULTILINE
)
_UNICORN = re.compile(r"^[ \t]{0,40}+listen[ (]\s{0,9}(?!['\"](?:/|unix:))", re.MULTILINE)
_CONFIGURATIONS = {"puma": (_PUMA, 9292), "unicorn": (_UNICORN, 8080), "pitchfork": (_UNICORN, 8080)}

_SINATRA = re.compile(r"^[ \t]{0,40}+set[ (]\s{0,3}(?::port\s{0,9},|port:|:port\s{0,3}=>)\s{0,9}", re.MULTILINE)
_IN_OPTIONS = re.compile(
    r"(?:\brun!\s{0,3}\(?|(?:Handler|Server|Rackup|WEBrick)(?:::\w{1,20}){0,3}\.(?:run|new|start|default)[ (]"
    r"|Iodine\.listen2?[ (]|HTTPServer\.new[ (])"
)
_PORT_KEY = re.compile(r"(?<![\w.])(?::?[Pp]ort:?\s{0,9}(?:=>)?|:Port\s{0,9}=>)\s{0,9}")
_POSITIONAL = re.compile(
    r"(?:\bTCPServer\.(?:new|open)|\bEventMachine\.start_server|\bEM\.start_server|\.add_http2_port|\bSocket\.tcp_server_loop"
    r"|\bAsync::HTTP::Endpoint\.parse|\bAgoo::Server\.init)[ (]\s{0,9}"
    r"(?:['\"]([\d.a-z]{0,40}|::1?)['\"]\s{0,9},\s{0,9})?"
)
_UDP = re.compile(r"\.bind[ (]\s{0,9}['\"][\d.]{0,20}['\"]\s{0,9},\s{0,9}")
_LOCAL = re.compile(r"(?:\w{1,9}://)?(?:localhost|127\.0\.0\.1|\[::1\])(?::|$)")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_WINDOW = 300


def port_findings(text: CodeText, values: Expressions) -> Iterator[Finding]:
    """The ports a file opens."""
    configuration = _configuration(text)
    if configuration:
        expression, custom = configuration
        for found in text.find(expression):
            yield from _finding(text, found.end(), values.value(found.end()), f"{text.file.name} says", custom=custom)
        return
    if "port" in text.code or "Port" in text.code:
        yield from _options(text, values)
    for found in text.find(_POSITIONAL):
        what = f"`{found[0].split('(')[0].strip()[:40]}` opens"
        yield from _finding(text, found.end(), values.value(found.end()), what, local=found[1] in _LOCAL_HOSTS)
    if "UDPSocket" in text.code:
        for found in text.find(_UDP):
            yield from _finding(text, found.end(), values.value(found.end()), "`bind(...)` opens", udp=True)


def _configuration(text: CodeText) -> tuple["re.Pattern[str]", int] | None:
    name, folder = text.file.name.removesuffix(".rb"), text.file.folder.rpartition("/")[2]
    return _CONFIGURATIONS.get(name) or _CONFIGURATIONS.get(folder)


def _options(text: CodeText, values: Expressions) -> Iterator[Finding]:
    for found in text.find(_SINATRA):
        yield from _finding(text, found.end(), values.value(found.end()), "`set :port` says", custom=4567)
    for found in text.find(_IN_OPTIONS):
        end = text.code.find("\n\n", found.end(), found.end() + _WINDOW)
        key = _PORT_KEY.search(text.code, found.end(), end if end >= 0 else found.end() + _WINDOW)
        if key:
            yield from _finding(text, key.end(), values.value(key.end()), "the server's options say")


def _finding(
    text: CodeText,
    offset: int,
    value: Value,
    what: str,
    *,
    custom: int | None = None,
    udp: bool = False,
    local: bool = False,
) -> Iterator[Finding]:
    if value.is_elsewhere or (value.text or "").startswith(("unix:", "/")):
        return
    port = value.port or _port_of_url(value) or (custom if value.is_left_open else None)
    if port is None:
        return
    said = f"{what} {port}" if not value.is_left_open else f"{what} {value.env}; {port} is the server's own default"
    reason = f"{said}; {value.env} sets it" if value.env and not value.is_left_open else said
    fact = PortFact(port=port, protocol="udp" if udp else "tcp", env=value.env, env_form=value.env_form)
    sure = CUSTOM if value.is_left_open else EXPLICIT if text.file.name != "puma.rb" else IMPORTED
    yield Finding(text.file.path, text.line(offset), fact, reason, LOOPBACK if local or _is_local(value) else sure)


def _port_of_url(value: Value) -> int | None:
    """The port in `tcp://0.0.0.0:9292?low_latency=true`."""
    found = re.match(r"(?:tcp|ssl|https?)://[^/?]{0,60}:([0-9]{1,5})(?=[/?]|$)", value.text or "")
    return int(found[1]) if found and 0 < int(found[1]) < 65536 else None


def _is_local(value: Value) -> bool:
    return value.whole and _LOCAL.match(value.text or "") is not None
