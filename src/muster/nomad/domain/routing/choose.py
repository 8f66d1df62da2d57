"""Which router the jobs of this cluster are reached by."""

from typing import Literal

from muster.core.evidence import Sourced
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.routing.fabio_tags import PREFIX as FABIO
from muster.nomad.domain.routing.traefik_tags import PREFIX as TRAEFIK

Routing = Literal["none", "fabio", "traefik", "tags"]
"""No router, one whose tags are known, or tags of one's own."""
_PREFIXES: tuple[tuple[Routing, str], ...] = (("fabio", FABIO), ("traefik", TRAEFIK))
RouterChoice = Literal["auto", "none", "fabio", "traefik", "tags"]


def choose_router(chosen: RouterChoice, estate: EstateFacts | None, *, fabio_known: bool = False) -> Sourced[Routing]:
    """The setting, else the conventions, else Fabio's address, else what the catalog's services ask for, else Fabio."""
    if chosen != "auto":
        return Sourced(value=chosen, source="settings", reason=f"ROUTER={chosen}")
    conventions = estate.conventions if estate else None
    if conventions and conventions.routing.router:
        return Sourced(value=conventions.routing.router, source="conventions", reason="routing.router")
    if fabio_known:
        return Sourced(value="fabio", source="settings", reason="FABIO_ADMIN_ADDR is set")
    return _by_catalog(estate) or Sourced(
        value="fabio", source="default", reason="nothing tells the router: the tags are Fabio's"
    )


def _by_catalog(estate: EstateFacts | None) -> Sourced[Routing] | None:
    """What services ask for already, Fabio first."""
    services = estate.services if estate else ()
    for router, prefix in _PREFIXES:
        user = next((one.name for one in services if any(tag.startswith(prefix) for tag in one.tags)), None)
        if user is not None:
            return Sourced(value=router, source="catalog", reason=f"{user} has a tag {prefix}...")
    return None


def conventions_of(estate: EstateFacts | None) -> Conventions:
    """The company's, or none."""
    return (estate.conventions if estate else None) or Conventions()


def needed_provider(routing: Routing, conventions: Conventions) -> Literal["consul", "nomad"] | None:
    """Who has to keep the services that the router is to find; None: whoever."""
    match routing:
        case "fabio":
            return "consul"
        case "traefik":
            return conventions.traefik.provider
        case "none" | "tags":
            return None
