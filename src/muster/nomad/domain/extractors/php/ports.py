"""The ports that PHP opens itself: Swoole, Workerman, ReactPHP, RoadRunner's configuration, `php -S` in scripts.

A web server in front of PHP belongs to the image.
"""

import re
import shlex
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.expressions import Expressions
from muster.nomad.domain.extractors.code.findings import EXPLICIT, GUESS, Finding
from muster.nomad.domain.extractors.code.ports import LOOPBACK, port_finding
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.php.packages import ComposerPackage
from muster.nomad.domain.extractors.start_commands import command_ports
from muster.nomad.domain.extractors.substitution import expand
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.port_forms import env_form

_SERVER_LIBRARIES = re.compile(
    r"swoole|workerman|React\\|Ratchet\\|Amp\\|stream_socket_server|socket_create_listen", re.IGNORECASE
)
_SERVER = re.compile(
    r"\bnew\s{1,9}\\?(?:\w{1,40}\\){0,5}(?:\w{0,20}Server|Worker|App)\(\s{0,40}"
    r"|\b(?:stream_socket_server|socket_create_listen)\(\s{0,40}|->expose\(\s{0,40}"
)
_HOST = re.compile(r"['\"]([\d.]{1,20}|::1?|localhost|\[::\])['\"]\s{0,9},\s{0,40}")
_RATCHET = re.compile(r"IoServer::factory\([^;]{0,400}?,\s{0,40}(?=[0-9$(][^;,]{0,60}\)\s{0,9};)")
_SETTING = re.compile(r"^\s{0,40}+['\"]port['\"]\s{0,9}=>\s{0,9}", re.MULTILINE)
_SETTINGS_FILE = re.compile(r"(?:.*/)?config/autoload/server\.php")
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LOCAL_TEXT = re.compile(r"(?:\w{1,12}://)?(?:localhost|127\.0\.0\.1|\[::1\]):")
_SECTION = re.compile(r"([A-Za-z_]{1,40}):")
_ADDRESS = re.compile(r"\s{1,20}(?:address|listen):\s{1,9}['\"]?([^'\"\s#]{1,120})")
_ADDRESS_PORT = re.compile(r"(?:\w{1,9}://)?[\w.*\[\]-]{0,60}:([0-9]{1,5})")


def port_findings(text: CodeText, values: Expressions) -> Iterator[Finding]:
    """The ports a PHP file opens."""
    if _SETTINGS_FILE.fullmatch(text.file.path):
        for found in text.find(_SETTING):
            yield from _finding(text, found.end(), values.value(found.end()), "the server's configuration says")
    elif _SERVER_LIBRARIES.search(text.code):
        for found in text.find(_SERVER):
            host = _HOST.match(text.code, found.end())
            start = host.end() if host else found.end()
            what = f"`{found[0].strip().rstrip('(').strip()[:60]}` listens on"
            yield from _finding(text, start, values.value(start), what, local=bool(host and host[1] in _LOCAL))
        for found in text.find(_RATCHET):
            yield from _finding(text, found.end(), values.value(found.end()), "Ratchet listens on")


def roadrunner_findings(file: SourceFile) -> Iterator[Finding]:
    """The addresses in RoadRunner's `.rr.yaml`, of its HTTP and gRPC servers."""
    section = ""
    for number, line in enumerate(file.lines[:5000], start=1):
        top, address = _SECTION.match(line), _ADDRESS.match(line)
        section = top[1] if top else section
        if address and section in ("http", "grpc"):
            said = expand(address[1], _nothing)
            found = _ADDRESS_PORT.fullmatch(said.text)
            if found and 0 < int(found[1]) < 65536:
                name = said.used[0] if len(said.used) == 1 else None
                fact = PortFact(port=int(found[1]), env=name, env_form=env_form(name, said.text) if name else None)
                reason = f"RoadRunner's {section} server listens on {address[1]}"
                yield Finding(file.path, number, fact, reason, EXPLICIT)


def script_findings(package: ComposerPackage) -> Iterator[Finding]:
    """The port of a script such as `php -S 0.0.0.0:8080 -t public`, which mostly is for development."""
    for name, (command, line) in (package.scripts or {}).items():
        for found in command_ports(("sh", "-c", command), _nothing):
            if not found.default:
                sure = LOOPBACK if re.search(r"localhost|127\.0\.0\.1", command) else GUESS
                fact = PortFact(port=found.port, env=found.env, env_form=found.env_form)
                yield Finding(package.path, line, fact, f"scripts.{name}: {shlex.quote(command)[:80]}", sure)


def _finding(text: CodeText, offset: int, value: Value, what: str, *, local: bool = False) -> Iterator[Finding]:
    if value.port and not value.is_elsewhere:
        near, udp = local or _LOCAL_TEXT.match(value.text or ""), (value.text or "").startswith("udp:")
        yield port_finding(text, offset, value, what, LOOPBACK if near else EXPLICIT, udp=udp)


def _nothing(name: str) -> str | None:
    """No variable is known here: what counts are the defaults."""
    return None
