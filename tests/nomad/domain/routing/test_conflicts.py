"""Conflicts of routes, held against a reference matcher that asks requests."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.asked import asked_routes
from muster.nomad.domain.routing.conflicts import conflict_of, find_conflicts


def route(place: str, service: str = "new", matcher: str = "prefix") -> Route:
    (found,) = asked_routes(service, [f"urlprefix-{place}"], matcher)
    return found


def rule(text: str, service: str = "new", *more: str) -> Route:
    router = f"traefik.http.routers.{service}"
    return asked_routes(service, [f"{router}.rule={text}", *(f"{router}.{one}" for one in more)])[0]


def verdict(ours: Route, theirs: Route) -> tuple[str, str] | None:
    found = conflict_of(ours, theirs)
    return (found.kind, found.severity) if found else None


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("shop.test/", "shop.test/", ("exact", "error")),
        ("shop.test/", "SHOP.test:80/", ("exact", "error")),
        ("/web", "/web-bad/", ("path", "error")),
        ("shop.test/api", "shop.test/", ("path", "error")),
        ("shop.test/", "shop.test/api", ("path", "error")),
        ("/web", "/", ("path", "warning")),
        ("shop.test/", "/", ("host", "warning")),
        ("/", "shop.test/", ("host", "warning")),
        ("shop.test/", "*.test/", ("host", "warning")),
        ("*.test/", "shop.*/", ("host", "warning")),
        (":3306 proto=tcp", ":3306 proto=tcp", ("exact", "error")),
        ("db.test proto=tcp", "db.test proto=tcp", ("exact", "error")),
        ("shop.test/", "shop.test:9999/", ("host", "warning")),
        ("shop.test:9999/", "shop.test/", ("host", "warning")),
        ("shop.test:9999/", "*.test/", ("host", "warning")),
        ("shop.test:9999/", "shop.test:9999/", ("exact", "error")),
        ("shop.test:9999/", "shop.test:8080/", None),
        ("shop.test/", "other.test/", None),
        ("/web/", "/web-bad/", None),
        ("shop.test/a", "/b", None),
        ("shop.test/", "*.lab/", None),
        (":3306 proto=tcp", ":3307 proto=tcp", None),
        (":3306 proto=tcp", "/", None),
    ],
)
def test_routes_of_fabio_meet_as_its_prefix_matcher_has_it(ours, theirs, expected):
    assert verdict(route(ours), route(theirs, "old")) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("shop.test/", "shop.test:9999/", ("exact", "error")),
        ("shop.test:9999/", "shop.test/", ("exact", "error")),
        ("shop.test:9999/api", "shop.test/", ("path", "error")),
        ("shop.test:9999/", "*.test/", ("host", "warning")),
        (":9999/", "shop.test/", ("host", "warning")),
        ("shop.test/", "shop.test:8080/", ("host", "warning")),
        (":9999 proto=tcp", "db.test/", None),
    ],
)
def test_a_host_with_fabios_own_port_is_that_host_without_one(ours, theirs, expected):
    found = conflict_of(route(ours), route(theirs, "old"), default_port=9999)
    assert ((found.kind, found.severity) if found else None) == expected


def test_the_sentence_about_one_route_in_two_spellings_has_both():
    found = conflict_of(route("shop.test/"), route("shop.test:9999/", "old"), default_port=9999)
    assert found.text.startswith("shop.test/ is the route of old already as shop.test:9999/: ")


def test_the_sentence_about_two_ports_says_what_decides():
    found = conflict_of(route("shop.test/"), route("shop.test:8080/", "old"))
    assert found.text.endswith("hangs on the port that it names")


@pytest.mark.parametrize(
    ("matcher", "ours", "theirs", "expected"),
    [
        ("glob", "/web", "/web-bad", None),
        ("glob", "/*/a", "/x/*", ("path", "error")),
        ("glob", "/web*", "/web-bad", ("path", "error")),
        ("iprefix", "/WEB", "/web/a", ("path", "error")),
        ("prefix", "/WEB", "/web/a", None),
    ],
)
def test_paths_are_compared_as_this_fabio_compares_them(matcher, ours, theirs, expected):
    assert verdict(route(ours, matcher=matcher), route(theirs, "old", matcher)) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("Host(`a`)", "Host(`a`)", ("exact", "error")),
        ("Host(`a`) && Path(`/x`)", "Host(`a`) && PathPrefix(`/`)", ("path", "error")),
        ("Host(`a`) && Path(`/x`)", "Host(`a`) && Path(`/y`)", None),
        ("Host(`a`)", "HostRegexp(`(a|b)`)", ("host", "warning")),
        ("Host(`a`)", "Host(`a`) && Method(`GET`)", ("exact", "warning")),
    ],
)
def test_rules_of_traefik_are_compared_as_far_as_they_are_read(ours, theirs, expected):
    assert verdict(rule(ours), rule(theirs, "old")) == expected


def test_a_rule_that_is_not_read_is_quoted():
    found = conflict_of(rule("Host(`a`)"), rule("Host(`a`) && Method(`GET`)", "old"))
    assert "(as far as its rule can be read: Host(`a`) && Method(`GET`))" in found.text


def test_different_entry_points_and_different_routers_never_meet():
    assert verdict(rule("Host(`a`)", "new", "entrypoints=web"), rule("Host(`a`)", "old", "entrypoints=other")) is None
    assert verdict(rule("Host(`a`)"), route("a/", "old")) is None


def test_different_strips_of_one_route_are_told():
    assert "(it strips nothing, this one /a)" in conflict_of(route("/a strip=/a"), route("/a", "old")).text


@pytest.mark.parametrize(
    ("ours", "theirs", "advice"),
    [
        ("shop.test/", "shop.test/", "Take another hostname, such as shop-3.test."),
        ("/web", "/web-bad/", "Write /web/, which leaves /web-bad/ out, or take a hostname of its own."),
        ("/web", "/web", "Take a hostname of its own."),
        (":3306 proto=tcp", ":3306 proto=tcp", "Take another port, such as 3308."),
    ],
)
def test_the_advice_names_a_place_that_is_free(ours, theirs, advice):
    known = [route(place, "old") for place in (theirs, "shop-2.test/", ":3307 proto=tcp")]
    assert conflict_of(route(ours), route(theirs, "old"), known).advice == advice


def test_routes_of_the_jobs_own_services_are_no_conflict():
    assert find_conflicts([route("shop.test/")], [route("shop.test/", "old")], ["old"]) == ()


def test_several_targets_of_one_route_are_one_conflict():
    targets = [route("/web", "old").model_copy(update={"target": f"http://10.0.0.{index}"}) for index in range(3)]
    assert len(find_conflicts([route("/web")], targets, [])) == 1


def test_another_jobs_service_of_the_same_name_shares_the_requests():
    assert verdict(route("/web", "web"), route("/web", "web")) == ("shared", "warning")
    assert verdict(route("/web", "web"), route("/", "web")) is None


# The reference: what a request gets, by Fabio's route/table.go and its prefix matcher.
HOSTS = ["a.test", "b.test", "a.b.test", "c.other"]
PATHS = ["/", "/x", "/x/", "/x-y", "/x/y", "/xy/z", "/y"]


def answers(one: Route, host: str, path: str) -> bool:
    below = one.host.startswith("*.") and host.endswith(one.host[1:])
    return (below or one.host in ("", host)) and path.startswith(one.path)


places = st.builds(
    lambda host, path: f"{host}{path}", st.sampled_from(["", "*.test", "*.b.test", *HOSTS]), st.sampled_from(PATHS)
)


@given(st.lists(places, min_size=2, max_size=5))
def test_no_request_is_answered_by_two_routes_of_different_services_that_were_accepted(found):
    accepted: list[Route] = []
    for index, place in enumerate(found):
        asked = route(place, f"s{index}")
        if not find_conflicts([asked], accepted, []):
            accepted.append(asked)
    for host in HOSTS:
        for path in [*PATHS, "/x-y/1", "/z"]:
            assert sum(answers(one, host, path) for one in accepted) <= 1


@given(places, places)
def test_a_conflict_is_told_only_where_some_request_fits_both(one, other):
    assume(conflict_of(route(one), route(other, "old")))
    requests = [(host, path) for host in HOSTS for path in PATHS]
    assert any(answers(route(one), *request) and answers(route(other, "old"), *request) for request in requests)
