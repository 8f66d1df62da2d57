"""Which router the tags are for."""

import pytest

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.conventions import Conventions, RoutingConventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.routing.choose import choose_router

TRAEFIK = CatalogService(name="a", tags=("traefik.enable=true",))
FABIO = CatalogService(name="b", tags=("v1", "urlprefix-/b"))
SAYS_NONE = Conventions(routing=RoutingConventions(router="none"))


@pytest.mark.parametrize(
    ("chosen", "estate", "fabio_known", "router", "source"),
    [
        ("traefik", EstateFacts(conventions=SAYS_NONE), True, "traefik", "settings"),
        ("auto", EstateFacts(conventions=SAYS_NONE), True, "none", "conventions"),
        ("auto", EstateFacts(conventions=Conventions(), services=(TRAEFIK,)), True, "fabio", "settings"),
        ("auto", EstateFacts(services=(TRAEFIK, FABIO)), False, "fabio", "catalog"),
        ("auto", EstateFacts(services=(TRAEFIK,)), False, "traefik", "catalog"),
        ("auto", EstateFacts(), False, "fabio", "default"),
        ("auto", None, False, "fabio", "default"),
    ],
)
def test_the_surest_word_about_the_router_wins(chosen, estate, fabio_known, router, source):
    found = choose_router(chosen, estate, fabio_known=fabio_known)
    assert (found.value, found.source) == (router, source)
