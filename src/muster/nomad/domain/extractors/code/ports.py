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
        yield _finding(text, offset, value, what, _confidence(text, offset, value), udp=udp)
    elif custom and value.env and (value.is_left_open or (value.text or "").endswith(":")):  # behind a known host
        yield _finding(text, offset, Value(str(CUSTOM_PORT), value.env, part=True), what, CUSTOM, udp=udp)


def open_to_others(findings: Iterable[Finding]) -> list[Finding]:
    """The ports without those on the container's own loopback, where there is another."""
    found = list(findings)
    kept = [one for one in found if one.confidence > LOOPBACK]
    return kept or found


def _confidence(text: CodeText, offset: int, value: Value) -> float:
    said = re.split(r"[;\n]", text.code[offset : offset + 80], maxsplit=1)[0]
    if _LOCAL.search(value.text or "") or _LOCAL.search(said):
        return LOOPBACK
    return LISTED if _ASIDE.search(said + (value.env or "")) else EXPLICIT


def _finding(text: CodeText, offset: int, value: Value, what: str, confidence: float, *, udp: bool) -> Finding:
    said = f"{what} listens on {value.port}"
    if confidence == CUSTOM:
        said += " by custom"
    reason = f"{said}; {value.env} sets it" if value.env else said
    fact = PortFact(port=value.port or 0, protocol="udp" if udp else "tcp", env=value.env, env_form=value.env_form)
    return Finding(text.file.path, text.line(offset), fact, reason, confidence)
