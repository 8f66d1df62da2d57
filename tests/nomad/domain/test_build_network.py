import pytest

from muster.nomad.domain.facts import FrameworkFact, HealthFact, ImageFact, NetworkModeFact, PortFact
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.network import Check, Network, Port
from nomad.domain.repositories import built, cluster, say


def group(*facts, prompt="", target=None):
    return built(say("compose:web", ImageFact(image="acme/web"), *facts), prompt, target=target).groups[0]


def checks(*facts):
    return [check for service in group(*facts).services for check in service.checks]


def test_nomad_picks_the_port_and_docker_maps_it():
    found = group(PortFact(port=8000, published=80))
    assert found.network == Network(ports=(Port(label="http", to=8000),))
    assert found.tasks[0].config.ports == ("http",)


def test_services_of_nomad_have_no_checks_before_nomad_has_them():
    old, new = (group(PortFact(port=8000), target=cluster(version)) for version in ("1.3.6", "1.4.0"))
    assert [service.provider for service in (*old.services, *new.services)] == ["nomad", "nomad"]
    assert [len(service.checks) for service in (*old.services, *new.services)] == [0, 1]


def test_a_port_is_static_only_when_asked_for():
    assert group(PortFact(port=8000), prompt="on port 80").network == Network(
        ports=(Port(label="http", static=80, to=8000),)
    )


def test_on_the_hosts_network_there_is_no_inside():
    found = group(PortFact(port=8000, env="PORT"), NetworkModeFact(mode="host"))
    assert found.network == Network(ports=(Port(label="http"),))
    assert found.tasks[0].config.network_mode == "host"
    assert found.tasks[0].env == {"PORT": "${NOMAD_PORT_http}"}


def test_on_the_hosts_network_a_fixed_port_is_static():
    assert group(PortFact(port=8000), NetworkModeFact(mode="host")).network == Network(
        ports=(Port(label="http", static=8000),)
    )


def test_the_ports_variable_is_filled_in_on_dockers_network_too():
    assert group(PortFact(port=8000, env="PORT")).tasks[0].env == {"PORT": "${NOMAD_PORT_http}"}


def test_other_docker_networks_are_not_carried_over():
    assert group(PortFact(port=1), NetworkModeFact(mode="backend")).tasks[0].config.network_mode is None


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ((PortFact(port=8000),), "http"),
        ((PortFact(port=6379),), "tcp"),
        ((PortFact(port=6379), FrameworkFact(framework="flask")), "http"),
        ((PortFact(port=6379), HealthFact(type="http", path="/")), "http"),
        ((PortFact(port=53, protocol="udp"),), "udp"),
    ],
)
def test_a_label_says_what_is_spoken(facts, label):
    assert group(*facts).network.ports[0].label == label


def test_every_port_has_a_service_of_its_own():
    found = group(PortFact(port=8000), PortFact(port=9090))
    assert [(one.name, one.port) for one in found.services] == [("shop", "http"), ("shop-p9090", "p9090")]
    assert [one.label for one in found.network.ports] == ["http", "p9090"]


def test_a_check_lies_on_the_port_it_asks():
    found = checks(PortFact(port=8000), PortFact(port=9090), HealthFact(type="http", path="/up", port=9090))
    assert [one.type for one in found] == ["tcp", "http"]


def test_a_route_without_port_is_asked_on_the_first():
    assert checks(PortFact(port=8000), HealthFact(type="http", path="/up"))[0].path == "/up"


@pytest.mark.parametrize("health", [HealthFact(type="command"), HealthFact(type="disabled")])
def test_without_a_route_an_open_port_counts(health):
    assert checks(PortFact(port=5432), health) == [Check(type="tcp", interval_s=10, timeout_s=2)]


def test_timing_is_taken_over_but_never_below_a_second():
    check = checks(PortFact(port=80), HealthFact(type="http", path="/", interval_s=30, timeout_s=0.2))[0]
    assert (check.interval_s, check.timeout_s) == (30, 1)


def test_udp_is_not_checked():
    assert checks(PortFact(port=53, protocol="udp")) == []


def test_a_route_is_a_tag_for_fabio_where_consul_keeps_the_services():
    assert group(PortFact(port=80), prompt="at x.example.com/a").services[0].tags == ("urlprefix-x.example.com/a",)
    assert group(PortFact(port=80), prompt="at x.example.com", target=cluster()).services[0].tags == ()


PG_ISREADY = HealthFact(type="command", command=("/bin/sh", "-c", "pg_isready -U $USER"), interval_s=5)
CHECK_PATH = "group.web.service.shop.check."


def of_command(target=None):
    return built(say("compose:web", ImageFact(image="acme/db:16"), PortFact(port=5432), PG_ISREADY), target=target)


@pytest.mark.parametrize("target", [None, cluster(consul=True)])
def test_a_command_that_tells_the_health_is_a_script_check_in_consul(target):
    spec = of_command(target)
    args = ("-c", "pg_isready -U $USER")
    expected = Check(type="script", command="/bin/sh", args=args, task="web", interval_s=5, timeout_s=2)
    assert spec.groups[0].services[0].checks == (expected,)
    assert spec.reasons[CHECK_PATH + "script"] == "health in compose.yaml (compose.yaml:3)"
    assert not check_job(render_hcl(spec), filename="x")


def test_a_command_that_nomad_can_not_run_is_named_beside_the_check_of_the_port():
    spec = of_command(cluster())
    assert [check.type for check in spec.groups[0].services[0].checks] == ["tcp"]
    assert spec.reasons[CHECK_PATH + "tcp"].startswith("`pg_isready -U $USER` is not carried over: ")


@pytest.mark.parametrize(
    ("prompt", "tag"),
    [
        ("reachable at shop.example.com", "urlprefix-shop.example.com/"),
        ("reachable at shop.example.com/", "urlprefix-shop.example.com/"),
        ("reachable at shop.example.com/api", "urlprefix-shop.example.com/api"),
    ],
)
def test_the_tag_of_a_route_ends_in_a_path(prompt, tag):
    assert group(PortFact(port=80), prompt=prompt).services[0].tags == (tag,)


def test_options_of_a_route_follow_its_path():
    evidence = say("compose:web", ImageFact(image="x"), PortFact(port=80))
    spec = built(evidence, "", {"web.route": "shop.example.com strip=/a"})
    assert spec.groups[0].services[0].tags == ("urlprefix-shop.example.com/ strip=/a",)


@pytest.mark.parametrize("prompt", ["as a batch job", "every night at 2"])
def test_what_ends_by_itself_has_neither_port_nor_service(prompt):
    found = group(PortFact(port=8000, env="PORT"), HealthFact(type="http", path="/"), prompt=prompt)
    assert (found.network, found.services, found.tasks[0].config.ports) == (None, (), ())
    assert found.tasks[0].env == {}


@pytest.mark.parametrize("prompt", ["as a batch job on port 80", "as a batch job that listens on 8000"])
def test_what_ends_by_itself_has_a_port_where_it_is_asked_for(prompt):
    found = group(PortFact(port=8000), prompt=prompt)
    assert found.network.ports[0].to == 8000
    assert found.services == ()
