"""Traefik's routes, by the catalog."""

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.tools.traefik_router import TraefikRouter
from nomad.estate_fakes import ListedCatalog


def test_the_rules_of_the_catalogs_services_are_its_routes():
    shop = CatalogService(name="shop", tags=("traefik.http.routers.shop.rule=Host(`shop.test`)",))
    web = CatalogService(name="web", tags=("urlprefix-/web",))
    (route,) = TraefikRouter(ListedCatalog(known=[shop, web])).routes()
    assert (route.service, route.host, route.router) == ("shop", "shop.test", "traefik")
