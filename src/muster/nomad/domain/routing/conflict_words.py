"""What a conflict of two routes means, in a sentence, and what to do instead."""

from collections.abc import Sequence
from typing import Literal

from muster.nomad.domain.amounts import MOST_PORT
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.hostnames import free_hostname, hostname_fault

ConflictKind = Literal["exact", "shared", "path", "host"]


def say_conflict(kind: ConflictKind, ours: Route, theirs: Route) -> str:
    """One sentence about both routes."""
    unsure = next((route for route in (theirs, ours) if not route.whole), None)
    return _TEXTS[kind](ours, theirs) + (f" (as far as its rule can be read: {unsure.rule})" if unsure else "")


def advise(kind: ConflictKind, ours: Route, theirs: Route, known: Sequence[Route]) -> str:
    """A place that is free among the routes that are known."""
    if kind == "shared":
        return "Call this service otherwise, unless both jobs are meant to share the requests."
    if ours.protocol == "tcp" and ours.port:
        return f"Take another port, such as {_free_port(ours.port, known)}."
    if kind == "path" and _is_split_word(ours, theirs):
        return f"Write {ours.path}/, which leaves {theirs.path} out, or take {_other_host(ours, known)}."
    return f"Take {_other_host(ours, known)}."


def _exact_text(ours: Route, theirs: Route) -> str:
    strips = f" (it strips {theirs.strip or 'nothing'}, this one {ours.strip or 'nothing'})"
    told = strips if ours.strip != theirs.strip else ""
    named = f" as {theirs.source}" if ours.source != theirs.source else ""
    return f"{ours.source} is the route of {theirs.service} already{named}{told}: requests would go now here, now there"


def _shared_text(ours: Route, theirs: Route) -> str:
    return f"another job has a service {theirs.service} at {theirs.source}: both would share its requests"


def _path_text(ours: Route, theirs: Route) -> str:
    if ours.path.startswith(theirs.path):
        return f"{ours.source} lies within {theirs.source} of {theirs.service}, which would no longer get its requests"
    if theirs.path.startswith(ours.path):
        return (
            f"{ours.source} also fits {theirs.source} of {theirs.service}: whenever that has no healthy instance, its "
            "requests would come here"
        )
    return f"{ours.source} and {theirs.source} of {theirs.service} fit the same requests"


def _host_text(ours: Route, theirs: Route) -> str:
    if ours.host == theirs.host:
        return (
            f"{ours.source} and {theirs.source} of {theirs.service} have the same host: which of them a request gets "
            "hangs on the port that it names"
        )
    return (
        f"{ours.source} meets {theirs.source} of {theirs.service}: what fits both goes to the one whose host is told "
        "more exactly"
    )


_TEXTS = {"exact": _exact_text, "shared": _shared_text, "path": _path_text, "host": _host_text}


def _is_split_word(ours: Route, theirs: Route) -> bool:
    """Whether ours catches theirs in the middle of a word: /web and /web-bad."""
    if ours.path.endswith("/") or not theirs.path.startswith(ours.path):
        return False
    return theirs.path.removeprefix(ours.path)[:1] not in ("", "/")


def _other_host(ours: Route, known: Sequence[Route]) -> str:
    if not ours.host or hostname_fault(ours.host) or "*" in ours.host:
        return "a hostname of its own"
    free = free_hostname(ours.host, {route.host for route in known})
    return "a hostname of its own" if free == ours.host else f"another hostname, such as {free}"


def _free_port(port: int, known: Sequence[Route]) -> int:
    taken = {route.port for route in known if route.protocol == "tcp"}
    candidates = (*range(port + 1, MOST_PORT + 1), *range(1024, port))
    return next((number for number in candidates if number not in taken), port)
