"""What is found wrong with the routes of a job."""

from muster.nomad.domain.estate.conventions import Conventions, FabioConventions
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.network import Check, Service
from muster.nomad.domain.routing.findings import route_findings
from nomad.fakes import spec

CHECKED = (Check(type="tcp"),)
LAB = Conventions(fabio=FabioConventions(hostname_suffix="lab.test", reserved_hostnames=("vault",)))


def job(*services: Service):
    group = spec().groups[0]
    return spec().model_copy(update={"groups": (group.model_copy(update={"services": services}),)})


def service(*tags: str, name: str = "new", checks=CHECKED, provider="consul") -> Service:
    return Service(name=name, port="http", tags=tags, checks=checks, provider=provider)


def found(*services: Service, routes=(), own=(), conventions=None):
    findings = route_findings(job(*services), tuple(routes), own, conventions)
    return [(one.kind, one.severity) for one in findings]


def test_a_job_without_routes_has_no_findings():
    assert found(service("v1")) == []


def test_a_route_that_another_service_has_is_an_error_at_its_place():
    taken = Route(service="old", host="shop.test")
    (finding,) = route_findings(job(service("urlprefix-shop.test/")), (taken,))
    assert (finding.kind, finding.severity) == ("route_exact", "error")
    assert finding.where == f"group.{spec().groups[0].name}.service.new"


PORTED = Conventions(fabio=FabioConventions(default_port=9999))


def test_a_route_that_another_service_has_without_fabios_port_is_an_error():
    taken = [Route(service="old", host="shop.test")]
    asked = service("urlprefix-shop.test:9999/")
    assert found(asked, routes=taken, conventions=PORTED) == [("route_exact", "error")]
    assert found(asked, routes=taken) == [("route_host", "warning")]


def test_fabios_port_does_not_tell_two_services_of_the_job_apart():
    one, other = service("urlprefix-a.test/", name="one"), service("urlprefix-a.test:9999/", name="other")
    assert found(one, other, conventions=PORTED) == [("route_exact", "error")]


def test_a_route_that_this_job_has_had_is_none():
    assert found(service("urlprefix-shop.test/"), routes=[Route(service="old", host="shop.test")], own=["old"]) == []


def test_the_matcher_of_the_router_holds_for_new_routes_too():
    there = Route(service="old", path="/web-bad", matcher="glob")
    assert found(service("urlprefix-/web"), routes=[there]) == []


def test_the_same_route_of_two_services_of_the_job_is_an_error():
    one, other = service("urlprefix-/a", name="one"), service("urlprefix-/a", name="other")
    assert found(one, other) == [("route_exact", "error")]


def test_one_route_within_another_of_the_same_job_is_its_own_business():
    assert found(service("urlprefix-/", name="one"), service("urlprefix-/api", name="other")) == []


def test_reserved_hostnames_are_errors_also_in_tags_of_ones_own():
    assert found(service("urlprefix-vault.lab.test/"), conventions=LAB) == [("route_reserved", "error")]
    rule = "traefik.http.routers.x.rule=Host(`vault.lab.test`)"
    assert found(service(rule), conventions=LAB) == [("route_reserved", "error")]


def test_what_is_no_hostname_is_told():
    assert found(service("urlprefix-my_shop.test/")) == [("route_hostname", "warning")]


def test_a_glob_is_a_hostname_to_fabio():
    assert found(service("urlprefix-*.shop.test/")) == []


def test_what_fabio_passes_over_is_told():
    assert found(service("urlprefix-/a", checks=())) == [("route_without_check", "warning")]
    assert found(service("urlprefix-/a", provider="nomad")) == [("route_without_consul", "warning")]


def test_a_prefix_that_is_never_stripped_is_told():
    assert found(service("urlprefix-/a strip=/b")) == [("route_strip", "warning")]
