"""Where a program listens: a default that only its own container reaches is none for a service that opens a port."""

from muster.nomad.domain.env.patterns import BINDS
from muster.nomad.domain.profile import EnvEntry, Origin, ServiceProfile

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_MADE_FOR_A_DESK: tuple[Origin, ...] = ("code", "model", "example")
"""Whoever else says such an address says it of where the service runs."""


def with_reachable_addresses(service: ServiceProfile) -> ServiceProfile:
    """The service, where it listens, with every address to bind open that is a loopback address by default."""
    if service.listens is None or not service.listens.value:
        return service
    return service.model_copy(update={"env": tuple(map(_opened, service.env))})


def _opened(entry: EnvEntry) -> EnvEntry:
    if entry.name not in BINDS or entry.value not in _LOOPBACK or entry.origin not in _MADE_FOR_A_DESK:
        return entry
    reason = f"by default it listens on {entry.value}, which only its own container reaches"
    return entry.model_copy(update={"value": None, "required": True, "optional": False, "reason": reason})
