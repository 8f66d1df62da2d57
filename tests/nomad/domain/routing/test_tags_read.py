"""Routes that the tags of services ask for."""

import pytest

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.asked import asked_routes, known_routes
from muster.nomad.domain.routing.traefik_rules import UNREAD, Case, parse_rule


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("urlprefix-Shop.Lab.test/API", Route(service="s", host="shop.lab.test", path="/API")),
        ("urlprefix-/web strip=/web", Route(service="s", path="/web", strip="/web")),
        ("urlprefix-:3306 proto=tcp", Route(service="s", port=3306, protocol="tcp")),
        ("urlprefix-db.lab.test proto=tcp", Route(service="s", host="db.lab.test", protocol="tcp")),
        ("urlprefix-shop:9999/", Route(service="s", host="shop", port=9999)),
        ("urlprefix-shop/ proto=https", Route(service="s", host="shop", protocol="https")),
        ("urlprefix-shop/ proto=grpcs", Route(service="s", host="shop", protocol="grpc")),
        (
            " urlprefix-shop/  weight=0.2 allow=ip:10.0.0.0/8 register=x",
            Route(service="s", host="shop", options=("weight=0.2", "allow=ip:10.0.0.0/8", "register=x")),
        ),
        ("urlprefix-shop:99999/", Route(service="s", host="shop:99999")),
    ],
)
def test_a_tag_of_fabio_is_a_place_and_options(tag, expected):
    assert asked_routes("s", [tag]) == (expected,)


def test_other_tags_ask_for_nothing_and_are_kept_beside_the_route():
    assert asked_routes("s", ["v1", "urlprefix-"]) == ()
    assert asked_routes("s", ["v1", "urlprefix-a/"])[0].tags == ("v1",)


@pytest.mark.parametrize(
    ("rule", "cases"),
    [
        ("Host(`Shop.test`) && PathPrefix(`/api`)", [Case(host="shop.test", path="/api")]),
        ('Host("a", "b")', [Case(host="a"), Case(host="b")]),
        (
            "Host(`a`) && (Path(`/x`) || PathPrefix(`/y`))",
            [Case(host="a", path="/x", matcher="exact"), Case(host="a", path="/y")],
        ),
        ("HostRegexp(`^.+\\.lab\\.test$`)", [Case(host="*.lab.test")]),
        ("HostRegexp(`(a|b)`)", [Case(whole=False)]),
        ("HostSNI(`*`)", [Case()]),
        ("Host(`a`) && Method(`GET`)", [Case(host="a", whole=False)]),
        ("Host(`a`) && !PathPrefix(`/x`)", [Case(host="a", whole=False)]),
        ("PathPrefix(`/a/{id}/b`)", [Case(path="/a/", whole=False)]),
        ("Host(`a`) && Host(`b`)", [Case(host="a", whole=False)]),
    ],
)
def test_a_rule_of_traefik_is_read_into_hosts_and_paths(rule, cases):
    assert parse_rule(rule) == tuple(cases)


ENDLESS = ["(" * 5000, "(" * 60 + "Host(`a`)", " && ".join(["(Host(`a`) || Host(`b`))"] * 40), "Host(`a`) ||" * 99]


@pytest.mark.parametrize("rule", ["", "Host", "Host(`a`", "Host(`a`) &&", "Host(a)", "Host(`a`) Host(`b`)", *ENDLESS])
def test_a_rule_that_is_not_understood_may_fit_anything(rule):
    assert parse_rule(rule) == UNREAD


TAGS = [
    "traefik.enable=true",
    "traefik.http.routers.shop.rule=Host(`shop.test`) && PathPrefix(`/api`)",
    "traefik.http.routers.shop.entrypoints=web, websecure",
    "traefik.http.routers.shop.priority=7",
    "traefik.http.routers.shop.middlewares=auth@file,shop-strip@consulcatalog",
    "traefik.http.middlewares.shop-strip.stripprefix.prefixes=/api",
]


def test_what_belongs_to_a_router_of_traefik_is_read_with_its_rule():
    (route,) = asked_routes("shop", TAGS)
    assert (route.host, route.path, route.strip, route.priority) == ("shop.test", "/api", "/api", 7)
    assert (route.entry_points, route.router) == (("web", "websecure"), "traefik")


def test_a_tcp_router_of_traefik_is_a_tcp_route():
    assert asked_routes("db", ["traefik.tcp.routers.db.rule=HostSNI(`db.test`)"])[0].protocol == "tcp"


def test_a_service_that_traefik_is_told_to_leave_out_has_no_route():
    assert asked_routes("shop", ["traefik.enable=false", *TAGS[1:]]) == ()


def test_a_route_that_an_ill_service_asks_for_is_known_beside_those_that_are_routed():
    routed = Route(service="web", path="/web", target="http://10.0.0.1:1/")
    services = [
        CatalogService(name="web", tags=("urlprefix-/web",)),
        CatalogService(name="ill", tags=("urlprefix-/ill",)),
    ]
    assert [one.service for one in known_routes([routed], services)] == ["web", "ill"]
