"""The ports that .NET code listens on."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.ports import listening
from muster.nomad.domain.extractors.code.text import arguments
from muster.nomad.domain.extractors.code.values import Value

# The word that a file must hold, and the call that then takes the port.
_CALLS = (
    ("ListenAnyIP", re.compile(r"\.ListenAnyIP\(\s{0,20}"), "`ListenAnyIP`"),
    ("ListenLocalhost", re.compile(r"\.(?=ListenLocalhost\()"), "`ListenLocalhost`"),
    (".Listen(", re.compile(r"\.Listen(?=\(\s{0,20}\S)"), "`Listen`"),
    ("TcpListener(", re.compile(r"\bnew\s{1,9}TcpListener(?=\()"), "`TcpListener`"),
    ("MetricServer(", re.compile(r"\bnew\s{1,9}(?:Kestrel)?MetricServer\(\s{0,20}(?!\))"), "the metrics server"),
    ("UdpClient(", re.compile(r"\bnew\s{1,9}UdpClient\(\s{0,20}(?=[\w])"), "`UdpClient`"),
)
_URLS = (
    ("UseUrls", re.compile(r"\.UseUrls\(\s{0,40}"), "`UseUrls`"),
    ("Urls.Add", re.compile(r"\bUrls\.Add\(\s{0,40}"), "`Urls.Add`"),
    (
        ".Run",
        re.compile(r"\b\w{0,40}[aA]pp\w{0,20}\.Run(?:Async)?\(\s{0,40}(?=\S)(?!\)|\w{1,40}\s{0,3}=>|async|\()"),
        "`Run`",
    ),
    ("Prefixes.Add", re.compile(r"\bPrefixes\.Add\(\s{0,40}"), "`HttpListener`"),
)
_URL = re.compile(r"(?:https?://)?([^;/]*:[0-9]{1,5})/?")
_MOST_URLS = 5


def port_findings(values: Expressions) -> Iterator[Finding]:
    """The ports a file opens."""
    text = values.text
    for word, call, what in _CALLS:
        for found in text.find(call) if word in text.code else ():
            value = _port(values, found.end()) if text.code[found.end()] == "(" else values.value(found.end())
            udp = what == "`UdpClient`"
            yield from listening(text, found.end(), value, what, udp=udp, custom=not udp)
    for word, call, what in _URLS:
        for found in text.find(call) if word in text.code else ():
            yield from _urls(values, found.end(), what)


def _port(values: Expressions, offset: int) -> Value:
    """The port behind an address, or the only argument, of a call whose bracket is at the offset."""
    spans = arguments(values.text.code, offset + 1)
    return values.value(spans[:2][-1][0]) if spans else Value()


def _urls(values: Expressions, offset: int, what: str) -> Iterator[Finding]:
    """Each URL among the arguments; several in one text stand apart by semicolons."""
    for start, _ in arguments(values.text.code, offset)[:_MOST_URLS]:
        value = values.value(start)
        texts = (value.text or "").split(";")
        if len(texts) == 1:
            yield from listening(values.text, start, _plain(value), what)
        for text in texts[:_MOST_URLS] if len(texts) > 1 else ():
            yield from listening(values.text, start, _plain(Value(text)), what)


def _plain(value: Value) -> Value:
    """The same without a slash at the end of the URL."""
    found = _URL.fullmatch(value.text or "")
    text = value.text.rstrip("/") if found and value.text else value.text
    return Value(text, value.env, value.whole, value.part, value.default)
