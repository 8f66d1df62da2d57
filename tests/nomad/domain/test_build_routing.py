"""How a route gets into the job: tags, reasons and notes."""

import pytest

from muster.core.errors import UsageError
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.decisions.apply import apply_answers
from muster.nomad.domain.estate.conventions import (
    Conventions,
    FabioConventions,
    RoutingConventions,
    TraefikConventions,
)
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.facts import ImageFact, PortFact
from muster.nomad.domain.prompt.parse import parse_prompt
from nomad.domain.repositories import analysed, cluster, say

ROUTE = {"web.route": "shop/a"}
TRAEFIK = Conventions(routing=RoutingConventions(router="traefik"))
NOMAD_TRAEFIK = TRAEFIK.model_copy(update={"traefik": TraefikConventions(provider="nomad")})
CONSUL = cluster(consul=True)


def decisions(answers=None, conventions=None, *, prompt="", port=None):
    evidence = say("compose:web", ImageFact(image="x"), port or PortFact(port=80))
    estate = EstateFacts(conventions=conventions) if conventions else None
    return apply_answers(analysed(evidence), parse_prompt(prompt), answers or {}, estate)


def service(answers=None, conventions=None, *, router="auto", target=CONSUL, **more):
    spec = build_spec(decisions(answers, conventions, **more), target, SpecDefaults(router=router))
    return spec.groups[0].services[0]


def notes(answers=None, conventions=None, *, router="auto", target=CONSUL, **more):
    found = build_notes(decisions(answers, conventions, **more), target, SpecDefaults(router=router))
    return [one for one in found if "route" in one]


def test_the_conventions_complete_the_host_of_a_route():
    lab = Conventions(fabio=FabioConventions(hostname_suffix="lab.test", default_port=9999))
    assert service(ROUTE, lab).tags == ("urlprefix-shop.lab.test:9999/a",)


def test_the_setting_decides_whose_tags_they_are():
    assert service(ROUTE, router="traefik").tags[:2] == (
        "traefik.enable=true",
        "traefik.http.routers.shop.rule=Host(`shop`) && PathPrefix(`/a`)",
    )


def test_a_reserved_hostname_is_refused():
    with pytest.raises(UsageError, match="the hostname shop is reserved"):
        service(ROUTE, Conventions(fabio=FabioConventions(reserved_hostnames=("shop",))))


def test_tags_of_ones_own_are_taken_as_they_are_beside_those_of_the_route():
    given = ROUTE | {"web.tags": "lb={service}; a,b c"}
    assert service(given).tags == ("urlprefix-shop/a", "lb=shop", "a,b c")


def test_tags_may_come_from_the_prompt():
    assert service(prompt='with tags "lb={service}" and "edge"').tags == ("lb=shop", "edge")


def test_a_routed_service_has_a_check_and_the_reason_says_why():
    spec = build_spec(decisions(ROUTE), CONSUL)
    assert [one.type for one in spec.groups[0].services[0].checks] == ["tcp"]
    assert spec.reasons["group.web.service.shop.check.tcp"] == (
        "no HTTP route is known: an open port counts, and a router asks only what passes a check"
    )
    assert spec.reasons["group.web.service.shop.tags"] == ("answered; nothing tells the router: the tags are Fabio's")


def test_traefik_reads_nomads_own_services_where_the_conventions_say_so():
    routed = service(ROUTE, NOMAD_TRAEFIK)
    assert (routed.provider, routed.tags[0]) == ("nomad", "traefik.enable=true")


def test_without_a_route_the_router_does_not_decide_who_keeps_the_services():
    assert service(None, NOMAD_TRAEFIK).provider == "consul"


@pytest.mark.parametrize(
    ("answers", "conventions", "router", "target", "why"),
    [
        (ROUTE, None, "fabio", cluster(), "Fabio reads Consul, and this cluster has none"),
        (ROUTE, TRAEFIK, "auto", cluster(), "Traefik reads Consul, and this cluster has none"),
        (ROUTE, NOMAD_TRAEFIK, "auto", cluster("1.2.0", consul=True), "this Nomad keeps none"),
        (ROUTE, None, "none", CONSUL, "there is no router (ROUTER=none)"),
        (ROUTE, None, "tags", CONSUL, "its router reads tags that nobody told"),
        ({"web.route": ":3306 proto=tcp"}, None, "traefik", CONSUL, "Traefik takes TCP at entry points of its own"),
    ],
)
def test_a_route_that_can_not_be_had_here_is_told_and_has_no_tags(answers, conventions, router, target, why):
    assert service(answers, conventions, router=router, target=target).tags == ()
    (note,) = notes(answers, conventions, router=router, target=target)
    assert note.startswith("web: no route to ")
    assert why in note


def test_a_route_to_udp_is_told():
    udp = PortFact(port=53, protocol="udp")
    assert "its first port is UDP" in notes(ROUTE, port=udp)[0]
    assert service(ROUTE, port=udp).tags == ()
