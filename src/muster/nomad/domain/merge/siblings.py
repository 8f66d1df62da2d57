"""What one service's configuration gives away about another: `redis://redis:6379` says where redis listens.

And what an example gives away: it is written for a developer's machine, where `localhost:6379` is the port that
compose publishes for redis; in a container it would be the container itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from muster.core.evidence import Sourced
from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import EnvEntry, ServiceProfile

_LOCALHOST = re.compile(r"(?<![\w.-])(?:localhost|127\.0\.0\.1):(\d{1,5})(?!\d)")


def reference(host: str) -> re.Pattern[str]:
    """Matches `host:port` in a value; group 1 is the port."""
    return re.compile(rf"(?<![\w.-]){re.escape(host)}:(\d{{1,5}})(?![\d.])")


def with_localhost_named(profiles: Sequence[ServiceProfile]) -> tuple[ServiceProfile, ...]:
    """The profiles; an example's `localhost:PORT` names the service that publishes this port."""
    published = {
        port.value.published: f"{one.unit_name}:{port.value.port}"
        for one in profiles
        for port in one.ports
        if one.id.startswith("compose:") and port.value.published
    }
    return tuple(
        one.model_copy(update={"env": tuple(_named(entry, published) for entry in one.env)}) for one in profiles
    )


def with_ports_by_reference(profiles: Sequence[ServiceProfile]) -> tuple[ServiceProfile, ...]:
    """The profiles; one without a port takes those at which others reach it, else what its image is known to open."""
    return tuple(one if one.ports else _with_ports(one, _found(one, profiles)) for one in profiles)


def _named(entry: EnvEntry, published: Mapping[int, str]) -> EnvEntry:
    found = _LOCALHOST.search(entry.value or "") if entry.origin == "example" else None
    name = published.get(int(found[1])) if found else None
    if not (found and name and entry.value):
        return entry
    value = f"{entry.value[: found.start()]}{name}{entry.value[found.end() :]}"
    reason = f"{entry.reason}; its {found[0]} is {name} here"
    return entry.model_copy(update={"value": value, "reason": reason})


def _with_ports(profile: ServiceProfile, found: Iterable[Sourced[PortFact]]) -> ServiceProfile:
    ports: dict[int, Sourced[PortFact]] = {}
    for one in found:
        ports.setdefault(one.value.port, one)
    if not ports:
        return profile
    first = next(iter(ports.values()))
    listens = Sourced(value=True, source=first.source, where=first.where, reason=first.reason)
    by_default = profile.job.source == "default"
    job = profile.job.model_copy(update={"reason": "it listens"}) if by_default else profile.job
    return profile.model_copy(update={"ports": tuple(ports.values()), "listens": listens, "job": job})


def _found(profile: ServiceProfile, profiles: Sequence[ServiceProfile]) -> tuple[Sourced[PortFact], ...]:
    named = tuple(_named_by_others(profile, profiles))
    known = backing_image(profile.image.value) if profile.image else None
    if named or known is None or profile.build:
        return named
    reason = f"the port that the image {known.name} declares"
    return (Sourced(value=PortFact(port=known.port), source="default", reason=reason, confidence=0.9),)


def _named_by_others(profile: ServiceProfile, profiles: Sequence[ServiceProfile]) -> Iterator[Sourced[PortFact]]:
    if not profile.id.startswith("compose:"):
        return
    pattern = reference(profile.unit_name)
    for other in profiles:
        if other.id == profile.id:
            continue
        for text, where in _texts(other):
            for found in pattern.finditer(text):
                if 0 < int(found.group(1)) < 65536:
                    reason = f"{other.name} reaches it at {found.group(0)}"
                    yield Sourced(
                        value=PortFact(port=int(found.group(1))), source="compose", where=where, reason=reason
                    )


def _texts(profile: ServiceProfile) -> Iterator[tuple[str, str]]:
    """Texts in which a service may name another, with their places."""
    for entry in profile.env:
        yield entry.value or "", entry.where
    if profile.command:
        yield " ".join(profile.command.value), profile.command.where
