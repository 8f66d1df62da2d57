"""Hostnames of routes: RFC 1123, completed by the convention's suffix, and which are not to be had."""

import re
from collections.abc import Container, Iterable

from muster.nomad.domain.estate.conventions import FabioConventions
from muster.nomad.domain.names import free_name

MOST_LETTERS = 253
"""RFC 1035, of a whole name; each of its parts has at most 63."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def hostname_fault(host: str) -> str:
    """What keeps it from being a hostname (RFC 1123); empty: nothing. A part may be `*`."""
    if len(host) > MOST_LETTERS:
        return f"it has {len(host)} letters, and a hostname at most {MOST_LETTERS}"
    for label in host.split("."):
        if not label:
            return "there is nothing before or after one of its dots"
        if label != "*" and not _LABEL.fullmatch(label):
            return f"{label!r} is not made of 1 to 63 small letters, digits and inner dashes"
    return ""


def full_hostname(host: str, conventions: FabioConventions) -> str:
    """The host in lower case, with the suffix where it has no dot of its own."""
    suffix = conventions.hostname_suffix.strip(".").lower()
    host = host.lower()
    return f"{host}.{suffix}" if suffix and host and "." not in host else host


def is_reserved(host: str, conventions: FabioConventions) -> bool:
    """Whether the conventions keep the name for something else; they may name it with or without the suffix."""
    kept = {full_hostname(one, conventions) for one in conventions.reserved_hostnames}
    return full_hostname(host, conventions) in kept


def free_hostname(host: str, taken: Container[str], reserved: Iterable[str] = ()) -> str:
    """The host itself, or with the first number behind its first part that is neither taken nor reserved."""
    label, dot, rest = host.partition(".")
    return free_name(label, _Labels(taken, frozenset(reserved), dot + rest)) + dot + rest


class _Labels:
    """The first parts of names that are not free."""

    def __init__(self, taken: Container[str], reserved: frozenset[str], rest: str) -> None:
        self._taken = taken
        self._reserved = reserved
        self._rest = rest

    def __contains__(self, label: object) -> bool:
        host = f"{label}{self._rest}"
        return host in self._taken or host in self._reserved
