"""The finding for a port that code opens, by the value of the expression that names it."""

import re
from collections.abc import Iterable, Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, LISTED, Finding
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.facts import PortFact

LOOPBACK = 0.3
"""The confidence of a port that only the container itself reaches."""

CUSTOM_PORT = 8080
"""For code that takes its port from a variable without a default."""

_LOCAL = re.compile(r"[lL]ocalhost|127(?:\.0\.0\.|,\s?0,\s?0,\s?)1|\[::1\]|LOCALHOST|[lL]oopback")
_ASIDE = re.compile(r"metrics|prometheus|admin|debug|management", re.IGNORECASE)


def listening(
    text: CodeText, offset: int, value: Value, what: str, *, custom: bool = True, udp: bool = False
) -> Iterator[Finding]:
    """The port that a call with this value listens on. Without `custom` a variable needs a default to make one."""
    if value.is_elsewhere:
        return
    if value.port:
        yield port_finding(text, offset, value, f"{what} listens on", _confidence(text, offset, value), udp=udp)
    elif custom and value.env and (value.is_left_open or (value.text or "").endswith(":")):  # behind a known host
        yield custom_port_finding(text, offset, value, f"{what} listens on", CUSTOM_PORT, udp=udp)


def open_to_others(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without ports on the container's own loopback, where there is another port."""
    found = list(findings)
    others = any(isinstance(one.fact, PortFact) and not _is_local(one) for one in found)
    return [one for one in found if not (others and _is_local(one))]


def port_finding(
    text: CodeText, offset: int, value: Value, said: str, confidence: float, *, udp: bool = False
) -> Finding:
    """The port that a value comes to. `said` is what the code does, up to the number: "`bind` listens on"."""
    plain = f"{said} {value.port}" + (" by custom" if confidence == CUSTOM else "")
    reason = f"{plain}; {value.env} sets it" if value.env else plain
    fact = PortFact(port=value.port or 0, protocol="udp" if udp else "tcp", env=value.env, env_form=value.env_form)
    return Finding(text.file.path, text.line(offset), fact, reason, confidence)


def custom_port_finding(
    text: CodeText, offset: int, value: Value, said: str, port: int, *, udp: bool = False
) -> Finding:
    """The customary port, where the value is a variable without a default."""
    return port_finding(text, offset, Value(str(port), value.env, part=True), said, CUSTOM, udp=udp)


def _is_local(one: Finding) -> bool:
    return isinstance(one.fact, PortFact) and one.confidence <= LOOPBACK


def _confidence(text: CodeText, offset: int, value: Value) -> float:
    said = re.split(r"[;\n]", text.code[offset : offset + 80], maxsplit=1)[0]
    if _LOCAL.search(value.text or "") or _LOCAL.search(said):
        return LOOPBACK
    return LISTED if _ASIDE.search(said + (value.env or "")) else EXPLICIT
