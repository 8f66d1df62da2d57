"""The question where the outside should reach a service, in the words of the router that is there."""

import re

from muster.core.evidence import Sourced
from muster.core.gates.questions import TextQuestion
from muster.nomad.domain.estate.conventions import Conventions, FabioConventions
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.routing.choose import Routing
from muster.nomad.domain.routing.hostnames import full_hostname
from muster.nomad.domain.routing.wanted import ROUTE, ROUTE_LIKE


def route_question(service: ServiceProfile, routing: Sourced[Routing], conventions: Conventions) -> TextQuestion | None:
    """Host and path, or tags where nobody but the user knows the router's; None where there is no router."""
    where = service.route_hint.where if service.route_hint else ""
    reason = "; ".join([_known(service), routing.explain()])
    if routing.value == "none":
        return None
    if routing.value == "tags" and not conventions.routing.tags:
        return TextQuestion(
            id=f"{service.name}.tags",
            text=f"Which tags make your router reach {service.name} (empty: none; a semicolon between two)?",
            reason=reason,
            where=where,
            default="",
            like="lb.host={service}.example.com; lb.port=80",
        )
    return TextQuestion(
        id=f"{service.name}.route",
        text=f"At which host and path should the outside reach {service.name} (empty: at none)?",
        reason="; ".join([reason, *_names(conventions.fabio)]),
        where=where,
        default="",
        pattern=f"({_not_reserved(conventions.fabio)}{ROUTE})?",
        like=ROUTE_LIKE,
    )


def _known(service: ServiceProfile) -> str:
    hint = service.route_hint
    return f"nothing says so for Nomad; {hint.source} has {hint.value}" if hint else "nothing says so"


def _names(conventions: FabioConventions) -> list[str]:
    suffix, reserved = conventions.hostname_suffix.strip("."), ", ".join(conventions.reserved_hostnames)
    completed = [f"a name without a dot ends in .{suffix}"] if suffix else []
    return [*completed, *([f"reserved: {reserved}"] if reserved else [])]


def _not_reserved(conventions: FabioConventions) -> str:
    short = {one.lower() for one in conventions.reserved_hostnames}
    names = sorted(short | {full_hostname(one, conventions) for one in short})
    return f"(?!(?:{'|'.join(map(re.escape, names))})(?:[:/ ]|$))" if names else ""
