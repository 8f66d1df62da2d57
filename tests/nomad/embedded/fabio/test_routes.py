"""Tags become routes as Fabio makes them."""

import pytest

from muster.nomad.embedded.consul.checks import Check
from muster.nomad.embedded.consul.registrations import Registration
from muster.nomad.embedded.fabio.routes import Route, routes_of
from muster.nomad.embedded.scheduler.nodes import load_nodes

NODE = load_nodes()[0]


def instance(*tags: str, name: str = "web", port: int = 80, passing: bool = True, checked: bool = True) -> Registration:
    checks = (Check("c", "alive", "", passing=passing),) if checked else ()
    return Registration(f"{name}-{port}", name, NODE, "10.0.0.1", port, tags, checks=checks)


def only(*tags: str) -> Route:
    (route,) = routes_of([instance(*tags)])
    return route


@pytest.mark.parametrize(
    ("tag", "source", "target", "options"),
    [
        ("urlprefix-/web", "/web", "http://10.0.0.1:80/", ""),
        ("urlprefix-Shop.Example/a strip=/a", "shop.example/a", "http://10.0.0.1:80/", "strip=/a"),
        ("urlprefix-shop.example:9999/", "shop.example:9999/", "http://10.0.0.1:80/", ""),
        ("urlprefix-:5432 proto=tcp", ":5432", "tcp://10.0.0.1:80", ""),
        ("urlprefix-/s proto=https", "/s", "https://10.0.0.1:80/", "proto=https"),
        ("urlprefix-/old redirect=301,https://new/", "/old", "https://new/", "redirect=301"),
    ],
)
def test_a_tag_becomes_a_route(tag: str, source: str, target: str, options: str) -> None:
    route = only(tag)
    assert (route.source, route.target, route.options) == (source, target, options)


@pytest.mark.parametrize(
    "found",
    [
        instance("urlprefix-/web", passing=False),
        instance("urlprefix-/web", checked=False),
        instance("v1"),
        instance("urlprefix-shop.example"),
    ],
)
def test_without_a_passing_check_or_a_path_there_is_no_route(found: Registration) -> None:
    assert routes_of([found]) == []


def test_other_tags_go_with_the_route() -> None:
    assert only("urlprefix-/web", "v1").command() == 'route add web /web http://10.0.0.1:80/ tags "v1"'


def test_targets_share_what_fixed_weights_leave() -> None:
    found = routes_of(
        [
            instance("urlprefix-/a weight=0.5", port=1),
            instance("urlprefix-/a", port=2),
            instance("urlprefix-/a", port=3),
        ]
    )
    assert sorted(route.weight for route in found) == [0.25, 0.25, 0.5]


def test_the_longer_path_comes_first() -> None:
    assert [route.path for route in routes_of([instance("urlprefix-/a", "urlprefix-/a/b")])] == ["/a/b", "/a"]
