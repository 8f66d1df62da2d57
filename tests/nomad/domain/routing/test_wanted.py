"""From what somebody wants to the tags of a router."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import UsageError
from muster.nomad.domain.estate.conventions import (
    Conventions,
    FabioConventions,
    RoutingConventions,
    TraefikConventions,
)
from muster.nomad.domain.routing.asked import asked_routes
from muster.nomad.domain.routing.hostnames import free_hostname, hostname_fault
from muster.nomad.domain.routing.tags import filled_tags, route_tags
from muster.nomad.domain.routing.wanted import wanted_route

LAB = Conventions(
    fabio=FabioConventions(default_port=9999, hostname_suffix=".lab.test", reserved_hostnames=("vault", "www.lab.test"))
)
TLS = Conventions(traefik=TraefikConventions(entry_points=("web", "websecure"), cert_resolver="le"))


def tags(text, routing="fabio", conventions=None):
    conventions = conventions or Conventions()
    return route_tags(wanted_route(text, "shop", conventions.fabio), routing, conventions)


@pytest.mark.parametrize(
    ("text", "conventions", "tag"),
    [
        ("shop.example.com", None, "urlprefix-shop.example.com/"),
        ("/shop strip=/shop", None, "urlprefix-/shop strip=/shop"),
        (":3306 proto=tcp", None, "urlprefix-:3306 proto=tcp"),
        ("shop.test/ proto=https weight=0.5", None, "urlprefix-shop.test/ weight=0.5 proto=https"),
        ("shop", LAB, "urlprefix-shop.lab.test:9999/"),
        ("shop.other.test:80/a", LAB, "urlprefix-shop.other.test/a"),
        ("shop:8443/", LAB, "urlprefix-shop.lab.test:8443/"),
        ("/shop", LAB, "urlprefix-/shop"),
        (":3306 proto=tcp", LAB, "urlprefix-:3306 proto=tcp"),
    ],
)
def test_a_wanted_route_is_one_tag_for_fabio(text, conventions, tag):
    assert tags(text, conventions=conventions) == (tag,)


def test_a_wanted_route_is_a_rule_and_what_belongs_to_it_for_traefik():
    assert tags("shop.test/api strip=/api proto=grpc", "traefik", TLS) == (
        "traefik.enable=true",
        "traefik.http.routers.shop.rule=Host(`shop.test`) && PathPrefix(`/api`)",
        "traefik.http.routers.shop.entrypoints=web,websecure",
        "traefik.http.routers.shop.tls.certresolver=le",
        "traefik.http.routers.shop.middlewares=shop-strip",
        "traefik.http.middlewares.shop-strip.stripprefix.prefixes=/api",
        "traefik.http.services.shop.loadbalancer.server.scheme=h2c",
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [("shop.test", "Host(`shop.test`)"), ("/", "PathPrefix(`/`)"), ("/a", "PathPrefix(`/a`)")],
)
def test_a_rule_names_the_path_where_it_says_something(text, rule):
    assert tags(text, "traefik")[1] == f"traefik.http.routers.shop.rule={rule}"


@pytest.mark.parametrize("routing", ["fabio", "traefik"])
@pytest.mark.parametrize("text", ["shop.test/api strip=/api", "shop.test", "/x"])
def test_the_tags_are_read_back_as_the_route_that_was_wanted(text, routing):
    (route,) = asked_routes("shop", tags(text, routing))
    wanted = wanted_route(text, "shop", FabioConventions())
    assert (route.host, route.path, route.strip) == (wanted.host, wanted.path, wanted.strip)


def test_no_router_and_a_tcp_route_for_traefik_have_no_tags():
    assert (tags("shop.test", "none"), tags(":3306 proto=tcp", "traefik")) == ((), ())


def test_tags_of_ones_own_have_placeholders_and_keep_other_braces():
    own = Conventions(routing=RoutingConventions(router="tags", tags=("lb/{service}={host}{path}", "{sub:[a-z]+}")))
    assert tags("shop.test/a", "tags", own) == ("lb/shop=shop.test/a", "{sub:[a-z]+}")
    assert filled_tags(["x-{service}"], "shop") == ("x-shop",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vault", "the hostname vault.lab.test is reserved"),
        ("VAULT.lab.test/x", "the hostname vault.lab.test is reserved"),
        ("www", "the hostname www.lab.test is reserved"),
        ("-shop", "'-shop' is not made of"),
        ("a" * 64, "is not made of 1 to 63"),
        ("shop lab", "is no route"),
        ("shop_a.test", "is no route"),
        ('shop/"', "is no route"),
    ],
)
def test_a_route_that_can_not_be_had_is_refused_with_the_reason(text, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        wanted_route(text, "shop", LAB.fabio)


def test_a_reserved_name_is_refused_with_one_that_is_free():
    with pytest.raises(UsageError) as refused:
        wanted_route("vault", "shop", LAB.fabio)
    assert refused.value.advice == "Take another, such as vault-2.lab.test."


LABEL = st.from_regex(r"[A-Za-z0-9_-]{0,66}", fullmatch=True)


def follows_rfc_1123(host: str) -> bool:
    labels = host.split(".")
    plain = all(char.isdigit() or "a" <= char <= "z" or char == "-" for label in labels for char in label)
    ends = all(0 < len(label) <= 63 and label[0] != "-" and label[-1] != "-" for label in labels)
    return plain and ends and len(host) <= 253


@given(st.lists(LABEL, min_size=1, max_size=6).map(".".join))
def test_a_hostname_is_what_rfc_1123_says(host):
    assert (hostname_fault(host) == "") == follows_rfc_1123(host)


def test_a_free_hostname_is_neither_taken_nor_reserved():
    assert free_hostname("shop.test", {"shop.test", "shop-2.test"}, ["shop-3.test"]) == "shop-4.test"
    assert free_hostname("shop.test", {"shop.other"}) == "shop.test"
