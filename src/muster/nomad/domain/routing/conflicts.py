"""Whether a new route gets requests that another one gets now: which, how bad that is, and what to do instead.

Fabio asks the named host before any host, and of one host the longest path first; Traefik takes the longest rule. So
two routes are told apart by what they have in common: all (`exact`; `shared` with another job's service of the same
name), a part of the paths of one host (`path`), or hosts of which one is open (`host`).

A host with the port that the conventions have as Fabio's is that host without one: Fabio listens there. Beside any
other port it is a warning (`host`), as nobody but the listener knows which port a request comes in with.
"""

from collections.abc import Iterable
from typing import Literal

from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.conflict_words import ConflictKind, advise, say_conflict
from muster.nomad.domain.routing.patterns import Pattern, beginning, glob, literal, meet
from muster.nomad.domain.values import Part

_WILD = frozenset("*?[{")


class Conflict(Part):
    """Two routes of different services that fit the same request."""

    kind: ConflictKind
    severity: Literal["error", "warning"]
    ours: Route
    theirs: Route
    text: str
    advice: str

    @property
    def service(self) -> str:
        """Whose route it is now."""
        return self.theirs.service


def find_conflicts(
    ours: Iterable[Route],
    theirs: Iterable[Route],
    own_services: Iterable[str],
    *,
    default_port: int | None = None,
) -> tuple[Conflict, ...]:
    """The conflicts of each of our routes; several targets of one route are one, and those of our services none.

    `default_port` is Fabio's by the conventions.
    """
    own, others = frozenset(own_services), tuple(theirs)
    one_of = {_identity(route): route for route in others if route.service not in own}
    pairs = ((mine, route) for mine in ours for route in one_of.values())
    found = (conflict_of(mine, route, others, default_port=default_port) for mine, route in pairs)
    return tuple(conflict for conflict in found if conflict)


def conflict_of(
    ours: Route, theirs: Route, known: Iterable[Route] = (), *, default_port: int | None = None
) -> Conflict | None:
    """The conflict of two routes, or None. `known` are the routes among which a free place is looked for."""
    one, other = _listened(ours, default_port), _listened(theirs, default_port)
    if not routes_meet(one, other):
        return None
    kind = _kind(one, other)
    if ours.service == theirs.service and kind != "shared":
        return None
    return Conflict(
        kind=kind,
        severity=_severity(kind, one, other),
        ours=ours,
        theirs=theirs,
        text=say_conflict(kind, ours, theirs),
        advice=advise(kind, ours, theirs, tuple(known)),
    )


def routes_meet(one: Route, other: Route) -> bool:
    """Whether some request fits both."""
    if one.router != other.router or not _entries_meet(one, other):
        return False
    if "tcp" in (one.protocol, other.protocol):
        return one.protocol == other.protocol and one.port == other.port and _hosts_meet(one.host, other.host)
    return _ports_meet(one, other) and _hosts_meet(one.host, other.host) and _paths_meet(one, other)


def _listened(route: Route, default_port: int | None) -> Route:
    """The route as Fabio listens for it: without a port that says no more than none."""
    plain = route.router == "fabio" and route.protocol != "tcp" and route.port in (80, 443, default_port)
    return route.model_copy(update={"port": None}) if plain else route


def _ports_meet(one: Route, other: Route) -> bool:
    """A route without a port may get requests of any."""
    return one.port == other.port or None in (one.port, other.port)


def _entries_meet(one: Route, other: Route) -> bool:
    """An entry point that is not named may be any of the default ones."""
    return not one.entry_points or not other.entry_points or bool({*one.entry_points} & {*other.entry_points})


def _hosts_meet(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    return bool(_WILD & {*one, *other}) and meet(glob(one), glob(other))


def _paths_meet(one: Route, other: Route) -> bool:
    any_case = "iprefix" in (one.matcher, other.matcher)
    return meet(_path_pattern(one, any_case=any_case), _path_pattern(other, any_case=any_case))


def _path_pattern(route: Route, *, any_case: bool) -> Pattern:
    path = route.path.lower() if any_case else route.path
    match route.matcher:
        case "exact":
            return literal(path)
        case "glob":
            return glob(path)
        case "prefix" | "iprefix":
            return beginning(path)


def _identity(route: Route) -> tuple[object, ...]:
    return (route.service, route.router, route.source, route.matcher, route.protocol, route.entry_points)


def _kind(ours: Route, theirs: Route) -> ConflictKind:
    if ours.authority != theirs.authority:
        return "host"
    same = ours.protocol == "tcp" or (ours.path, ours.matcher) == (theirs.path, theirs.matcher)
    return "path" if not same else "shared" if ours.service == theirs.service else "exact"


def _severity(kind: ConflictKind, ours: Route, theirs: Route) -> Literal["error", "warning"]:
    """Named hosts and catch-alls are there side by side on purpose, and so is TLS by name beside any name."""
    sure = ours.whole and theirs.whole
    return "error" if sure and (kind == "exact" or (kind == "path" and not _open(ours, theirs))) else "warning"


def _open(ours: Route, theirs: Route) -> bool:
    """Whether one of them is the catch-all for whatever has no route of its own."""
    return any(not route.authority and route.path == "/" for route in (ours, theirs))
