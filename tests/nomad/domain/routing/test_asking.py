"""The question where the outside should reach a service."""

import re

import pytest

from muster.core.evidence import Sourced
from muster.nomad.domain.estate.conventions import Conventions, FabioConventions, RoutingConventions
from muster.nomad.domain.facts import ImageFact, PortFact
from muster.nomad.domain.routing.asking import route_question
from nomad.domain.repositories import analysed, say

LAB = Conventions(fabio=FabioConventions(hostname_suffix=".lab.test", reserved_hostnames=("vault", "www.lab.test")))


def asked(router, conventions=None):
    service = analysed(say("compose:web", ImageFact(image="x"), PortFact(port=80))).services[0]
    routing = Sourced(value=router, source="settings", reason=f"ROUTER={router}")
    return route_question(service, routing, conventions or Conventions())


def test_without_a_router_nothing_is_asked():
    assert asked("none") is None


def test_the_reason_names_the_router_and_the_conventions():
    assert asked("fabio", LAB).reason == (
        "nothing says so; ROUTER=fabio; a name without a dot ends in .lab.test; reserved: vault, www.lab.test"
    )


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("", True),
        ("shop.test/a strip=/a proto=https", True),
        ("/a", True),
        (":3306 proto=tcp", True),
        ("vaults", True),
        ("vault", False),
        ("vault.lab.test/x", False),
        ("vault:9999/", False),
        ("www", True),
        ("www.lab.test", False),
        ("a b", False),
        ("shop_a.test", False),
        ('shop.test/" x', False),
    ],
)
def test_a_route_is_taken_unless_its_name_is_reserved(answer, taken):
    assert bool(re.fullmatch(asked("fabio", LAB).pattern, answer)) == taken


def test_a_router_whose_tags_nobody_told_is_asked_for_them():
    assert asked("tags").id == "web.tags"
    assert asked("tags", Conventions(routing=RoutingConventions(tags=("lb={host}",)))).id == "web.route"
