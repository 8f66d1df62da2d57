"""Health checks that are commands: `curl -f http://localhost:8080/health` is an HTTP check, `nc -z` a TCP one."""

import re
from collections.abc import Sequence

from muster.nomad.domain.extractors.substitution import Lookup, expand
from muster.nomad.domain.facts import HealthFact

_LOCAL = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$HOSTNAME|\$\(hostname\)|`hostname`)"
_FETCH = re.compile(r"\b(?:curl|wget|fetch|urlopen|requests|httpx|urllib|http\.(?:get|request)|axios|http)")
_REST = r"(?P<port>:[^/\s'\"]+)?(?P<path>/[^\s'\"|;&)<>\\`]*)?(?=[\s'\"|;&)<>\\`]|$)"
_BARE = re.compile(rf"(?<![\w./:-]){_LOCAL}{_REST}")
_OPTIONS_OF_NODE = re.compile(r"port['\"]?\s*:\s*['\"]?(?P<port>\d{2,5})\b")
_PATH_OF_NODE = re.compile(r"path['\"]?\s*:\s*['\"](?P<path>/[^'\"\s]*)['\"]")
_TCP = re.compile(rf"\bnc(?:at)?\s+(?:-\w+\s+)*{_LOCAL}\s+(?P<nc>\S+)|/dev/tcp/{_LOCAL}/(?P<dev>[^\s'\"]+)")
_MOST_TEXT = 4000


def probe(words: Sequence[str], lookup: Lookup, *, hosts: Sequence[str] = ()) -> HealthFact:
    """What a check's command really asks: an HTTP route or a port of the container itself, else the command as it is.

    `hosts` are names under which the container knows itself. A port that nothing gives a value is left out.
    """
    text = " ".join(words)[:_MOST_TEXT]
    return (
        _http(text, lookup, hosts) or _tcp(text, lookup) or HealthFact(type="command", command=_at_home(words, hosts))
    )


def _at_home(words: Sequence[str], hosts: Sequence[str]) -> tuple[str, ...]:
    """The words of a command, which reaches the container itself by its address: its name is known to compose only."""
    if not hosts or not words:
        return tuple(words)
    names = "|".join(map(re.escape, hosts))
    option = rf"((?:^|[\s\0])(?:-h|-H|--host|--hostname)[\s\0=]*)(?:{names})(?![\w.-])"
    return tuple(re.sub(option, r"\g<1>127.0.0.1", "\0".join(words)).split("\0"))


def _http(text: str, lookup: Lookup, hosts: Sequence[str]) -> HealthFact | None:
    if not _FETCH.search(text):
        return None
    names = "|".join([_LOCAL, *map(re.escape, hosts)])
    url = re.search(rf"http://(?:{names}){_REST}", text)
    if url is None and ("https://" in text or "http://" in text):
        return None
    found = url or _BARE.search(text)
    if found:
        return _route(found["port"], found["path"] or "/", lookup)
    port, path = _OPTIONS_OF_NODE.search(text), _PATH_OF_NODE.search(text)
    return _route(f":{port['port']}" if port else None, path["path"], lookup) if path else None


def _route(port: str | None, path: str, lookup: Lookup) -> HealthFact | None:
    asked = expand(path, lookup)
    if asked.missing or "$(" in asked.text:
        return None
    # Without a port the URL asks port 80; with one that nobody knows the service's own port is meant.
    number = 80 if port is None else _number(port[1:], lookup)
    return HealthFact(type="http", path=asked.text, port=number)


def _tcp(text: str, lookup: Lookup) -> HealthFact | None:
    found = _TCP.search(text)
    port = _number(found["nc"] or found["dev"], lookup) if found else None
    return HealthFact(type="tcp", port=port) if port else None


def _number(text: str, lookup: Lookup) -> int | None:
    expanded = expand(text, lookup)
    if expanded.missing or not re.fullmatch(r"[0-9]{1,5}", expanded.text):
        return None
    return int(expanded.text) if 0 < int(expanded.text) < 65536 else None
