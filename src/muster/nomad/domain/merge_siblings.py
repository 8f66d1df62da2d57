"""Ports that one service's configuration gives away about another: `redis://redis:6379` says where redis listens."""

import re
from collections.abc import Iterable, Iterator, Sequence

from muster.core.evidence import Sourced
from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import ServiceProfile


def reference(host: str) -> re.Pattern[str]:
    """Matches `host:port` in a value; group 1 is the port."""
    return re.compile(rf"(?<![\w.-]){re.escape(host)}:(\d{{1,5}})(?![\d.])")


def with_ports_by_reference(profiles: Sequence[ServiceProfile]) -> tuple[ServiceProfile, ...]:
    """The profiles; one without a port takes those at which others reach it, else what its image is known to open."""
    return tuple(one if one.ports else _with_ports(one, _found(one, profiles)) for one in profiles)


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
