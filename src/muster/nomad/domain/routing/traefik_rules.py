"""Traefik's rules: Host(`shop.lab.test`) && PathPrefix(`/api`), read into the hosts and paths that they fit.

Read are Host, HostRegexp, HostSNI, Path and PathPrefix, joined by && and ||, in brackets. Whatever else a rule says
(a method, a header, a negation) can only narrow it, or is not understood: then `whole` is False.
"""

import re
from collections.abc import Callable, Iterable

from muster.nomad.domain.estate.routes import Matcher
from muster.nomad.domain.routing.patterns import regexp_glob
from muster.nomad.domain.values import Part

LONGEST_RULE = 4000
MOST_CASES = 64
_DEEPEST = 32
_TOKEN = re.compile(r"\s*(&&|\|\||!|[(),]|[A-Za-z]+|`[^`]*`|\"(?:[^\"\\]|\\.)*\")\s*")


class Case(Part):
    """One way to fit a rule. `host` empty: any host; None: nothing is said of the path."""

    host: str = ""
    path: str | None = None
    matcher: Matcher = "prefix"
    whole: bool = True


UNREAD = (Case(whole=False),)
"""A rule that is not understood may fit anything."""


class _UnreadableError(Exception):
    """The rule is not written as Traefik writes rules."""


def parse_rule(rule: str) -> tuple[Case, ...]:
    """The ways to fit the rule; `UNREAD` where it is not understood."""
    tokens = _tokens(rule) if len(rule) <= LONGEST_RULE else None
    if not tokens:
        return UNREAD
    try:
        cases = _Reader(tokens).read()
    except _UnreadableError:
        return UNREAD
    return tuple(cases)


def _tokens(rule: str) -> list[str] | None:
    tokens, at = list[str](), 0
    while at < len(rule):
        found = _TOKEN.match(rule, at)
        if found is None:
            return None
        tokens.append(found[1])
        at = found.end()
    return tokens


class _Reader:
    """Reads tokens from left to right: || binds least, ! most."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._depth = 0

    def read(self) -> list[Case]:
        cases = self._either()
        if self._tokens:
            raise _UnreadableError
        return cases

    def _either(self) -> list[Case]:
        cases = self._both()
        while self._take("||"):
            cases = _counted([*cases, *self._both()])
        return cases

    def _both(self) -> list[Case]:
        cases = self._one()
        while self._take("&&"):
            others = self._one()
            cases = _counted([_joined(one, other) for one in cases for other in others])
        return cases

    def _one(self) -> list[Case]:
        self._depth += 1
        if self._depth > _DEEPEST or not self._tokens:
            raise _UnreadableError
        cases = self._inner()
        self._depth -= 1
        return cases

    def _inner(self) -> list[Case]:
        if self._take("!"):
            self._one()
            return list(UNREAD)
        if self._take("("):
            cases = self._either()
            self._need(")")
            return cases
        return self._call(self._tokens.pop(0))

    def _call(self, name: str) -> list[Case]:
        self._need("(")
        texts = [self._text()]
        while self._take(","):
            texts.append(self._text())
        self._need(")")
        return _counted([_CASES.get(name, _other)(text) for text in texts])

    def _text(self) -> str:
        if not self._tokens or self._tokens[0][0] not in '`"':
            raise _UnreadableError
        return self._tokens.pop(0)[1:-1]

    def _take(self, token: str) -> bool:
        if not self._tokens or self._tokens[0] != token:
            return False
        self._tokens.pop(0)
        return True

    def _need(self, token: str) -> None:
        if not self._take(token):
            raise _UnreadableError


def _host(text: str) -> Case:
    return Case(host=text.lower())


def _host_regexp(text: str) -> Case:
    found = regexp_glob(text.lower())
    return Case(whole=False) if found is None else Case(host=found)


def _host_sni(text: str) -> Case:
    return Case(host="" if text == "*" else text.lower())


def _path(text: str) -> Case:
    return Case(path=text, matcher="exact") if "{" not in text else _path_prefix(text)


def _path_prefix(text: str) -> Case:
    return Case(path=text.partition("{")[0], whole="{" not in text)


def _other(text: str) -> Case:
    return Case(whole=False)


_CASES: dict[str, Callable[[str], Case]] = {
    "Host": _host,
    "HostHeader": _host,
    "HostRegexp": _host_regexp,
    "HostSNI": _host_sni,
    "Path": _path,
    "PathPrefix": _path_prefix,
}


def _joined(one: Case, other: Case) -> Case:
    """Both at once; of two hosts or two paths the first is kept, which fits more than both."""
    host, path = one.host or other.host, one if one.path is not None else other
    twice = (one.host and other.host) or (one.path is not None and other.path is not None)
    return Case(host=host, path=path.path, matcher=path.matcher, whole=one.whole and other.whole and not twice)


def _counted(cases: Iterable[Case]) -> list[Case]:
    found = list(cases)
    if len(found) > MOST_CASES:
        raise _UnreadableError
    return found
