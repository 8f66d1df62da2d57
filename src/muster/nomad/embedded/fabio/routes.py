"""Which routes Fabio makes: one for each `urlprefix-` tag of each service instance with a passing check.

Read from fabiolb/fabio v1.6.2 (`registry/consul` and `route`): tags, their options, the order of the table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from muster.nomad.embedded.consul.registrations import Registration

Json = dict[str, Any]
PREFIX = "urlprefix-"
SCHEMES = {"tcp": "tcp", "https": "https", "grpc": "grpc", "grpcs": "grpcs"}


@dataclass(frozen=True)
class Route:
    """From a source to one target; `share` is the part of the traffic that its tag asks for, None without."""

    service: str
    source: str
    target: str
    tags: tuple[str, ...]
    options: str
    share: float | None
    weight: float = 0.0

    @property
    def host(self) -> str:
        """The source's host, with its port; empty for all."""
        return self.source if self.source.startswith(":") else self.source.partition("/")[0]

    @property
    def path(self) -> str:
        """The source's path."""
        return self.source.removeprefix(self.host)

    def command(self) -> str:
        """It as a line of Fabio's own language."""
        words = ["route add", self.service, self.source, self.target]
        words += [f"weight {self.share:g}"] if self.share is not None else []
        words += [f'tags "{",".join(self.tags)}"'] if self.tags else []
        return " ".join(words + ([f'opts "{self.options}"'] if self.options else []))


def routes_of(found: Iterable[Registration]) -> list[Route]:
    """The table: by host, then the longest path first, then the targets from the last in the alphabet."""
    made = sorted((r for one in found for r in _routes(one)), key=lambda route: route.command(), reverse=True)
    weighed = _weighed(made)
    weighed.sort(key=lambda route: route.path, reverse=True)
    return sorted(weighed, key=lambda route: route.host)


def _routes(one: Registration) -> Iterator[Route]:
    """One passing check is enough, and without any there is no route."""
    if not any(check.passing for check in one.checks):
        return
    own = tuple(tag for tag in one.tags if not tag.startswith(PREFIX))
    for tag in one.tags:
        if tag.startswith(PREFIX):
            yield from _route(one, tag.removeprefix(PREFIX).strip(), own)


def _route(one: Registration, text: str, tags: tuple[str, ...]) -> Iterator[Route]:
    source, _, rest = text.partition(" ")
    if not source.startswith(":") and "/" not in source:
        return
    options = {name: value for name, _, value in (word.partition("=") for word in rest.split())}
    proto, share = options.pop("proto", ""), _number(options.pop("weight", ""))
    host, slash, path = source.partition("/")
    address = f"{one.address or one.node.address}:{one.port}"
    target = f"tcp://{address}" if proto == "tcp" else f"{SCHEMES.get(proto, 'http')}://{address}/"
    if "redirect" in options:
        code, _, url = options["redirect"].partition(",")
        options["redirect"], target = code, url or target
    if proto not in ("", "tcp"):
        options["proto"] = proto
    told = " ".join(f"{key}={value}" for key, value in sorted(options.items()))
    yield Route(one.name, f"{host.lower()}{slash}{path}", target, tags, told, share)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _weighed(routes: list[Route]) -> list[Route]:
    """Targets of one source share what the fixed weights leave."""
    found: list[Route] = []
    for route in routes:
        same = [one for one in routes if one.source == route.source]
        free = sum(one.share is None for one in same)
        left = max(0.0, 1.0 - sum(one.share or 0.0 for one in same))
        found.append(replace(route, weight=route.share if route.share is not None else left / free))
    return found


def rendered(route: Route) -> Json:
    """It as the API shows it."""
    return {
        "service": route.service,
        "host": route.host,
        "path": route.path,
        "src": route.source,
        "dst": route.target,
        "opts": route.options,
        "weight": route.weight,
        **({"tags": list(route.tags)} if route.tags else {}),
        "cmd": "route add",
        "rate1": 0,
        "pct99": 0,
    }
