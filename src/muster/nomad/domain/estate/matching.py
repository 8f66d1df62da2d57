"""Which service of the catalog is what an application needs: the one that is called so is taken, a similar one offered.

A name is all that the catalog says of what a service speaks. `orders-postgres` is a Postgres surely, but it may be
somebody else's: so it is never taken.
"""

import re

from muster.nomad.domain.backing import BACKING_IMAGES
from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.facts import EstateFacts

_SPELLINGS = (("postgres", "postgresql"), ("mongodb", "mongo"), ("elasticsearch", "elastic"), ("mssql", "sqlserver"))
"""One product under two names; what is another product with the same protocol (`mariadb`) is only similar."""


def service_for(dependency: str, facts: EstateFacts) -> CatalogService | None:
    """The service of the catalog that is called like the dependency (`postgres`) and has a passing instance."""
    found = (facts.service(name) for name in spellings(dependency))
    return next((one for one in found if one and one.passing), None)


def similar_services(dependency: str, facts: EstateFacts) -> tuple[CatalogService, ...]:
    """Services that pass and whose names hold the dependency's (`orders-postgres`), or a product's that speaks the
    same protocol: to be offered, in the catalog's order."""
    speaking = {image.name for image in BACKING_IMAGES if image.serves == dependency}
    names = speaking.union(spellings(dependency))
    taken = service_for(dependency, facts)
    return tuple(one for one in facts.services if one.passing and one != taken and _words(one.name) & names)


def spellings(dependency: str) -> tuple[str, ...]:
    """The names under which the same product goes, the given one first."""
    others = next((pair for pair in _SPELLINGS if dependency in pair), ())
    return (dependency, *(name for name in others if name != dependency))


def health_of(service: CatalogService) -> str:
    """How well a service is, as people read it: `the catalog has postgres, 2 of 2 passing`."""
    return f"the catalog has {service.name}, {service.passing} of {service.instances} passing"


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower())) | {name}
