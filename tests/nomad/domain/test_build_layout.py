from muster.nomad.domain.build.layout import lay_out
from muster.nomad.domain.facts import BuildFact, DependsOnFact, ImageFact, NetworkModeFact, PortFact, WorkloadFact
from muster.nomad.domain.network import Network, Port
from muster.nomad.domain.task import Lifecycle
from nomad.domain.repositories import SHOP, analysed, built, say


def ended(name):
    return DependsOnFact(service=name, condition="service_completed_successfully")


def layout(*parts):
    found = lay_out(analysed(tuple(item for part in parts for item in part)))
    shape = [
        ([one.name for one in group.before], group.service.name, [one.name for one in group.beside])
        for group in found.groups
    ]
    return shape, [one.name for one in found.left_out]


def service(name, *facts):
    return say(f"compose:{name}", ImageFact(image=f"acme/{name}"), *facts)


def test_each_service_is_a_group():
    assert layout(SHOP) == ([([], "api", []), ([], "redis", [])], [])


def test_what_must_have_ended_runs_before():
    assert layout(service("web", ended("migrate")), service("migrate")) == ([(["migrate"], "web", [])], [])


def test_waiting_for_a_start_is_no_reason_to_move():
    shape, _ = layout(service("web", DependsOnFact(service="db")), service("db"))
    assert shape == [([], "web", []), ([], "db", [])]


def test_what_two_wait_for_runs_before_the_first():
    shape, _ = layout(service("web", ended("m")), service("api", ended("m")), service("m"))
    assert shape == [(["m"], "web", []), ([], "api", [])]


def test_a_chain_of_waiting_ends_in_one_group():
    shape, _ = layout(service("web", ended("b")), service("b", ended("a")), service("a"))
    assert shape == [(["b", "a"], "web", [])]


def test_a_circle_of_waiting_is_cut():
    shape, _ = layout(service("a", ended("b")), service("b", ended("a")))
    assert shape == [([], "a", []), ([], "b", [])]


def test_a_shared_network_is_a_shared_group():
    shape, _ = layout(service("web"), service("proxy", NetworkModeFact(mode="service:web")))
    assert shape == [([], "web", ["proxy"])]


def test_a_batch_run_beside_servers_is_left_out():
    assert layout(service("web", PortFact(port=80)), service("job", WorkloadFact(workload="batch"))) == (
        [([], "web", [])],
        ["job"],
    )


def test_a_batch_application_leaves_its_servers_out():
    batch = say("compose:job", BuildFact(context=".", dockerfile="Dockerfile"), WorkloadFact(workload="batch"))
    assert layout(batch, service("db", PortFact(port=1))) == ([([], "job", [])], ["db"])


def test_a_prestart_task_has_no_ports_and_ends():
    spec = built((*service("web", ended("m")), *service("m", PortFact(port=9))))
    before, main = spec.groups[0].tasks
    assert (before.name, before.lifecycle, before.config.ports) == ("m", Lifecycle(hook="prestart"), ())
    assert main.lifecycle is None
    assert spec.groups[0].network is None


def test_tasks_on_one_network_have_labels_of_their_own():
    sidecar = service("proxy", PortFact(port=8081), NetworkModeFact(mode="service:web"))
    group = built((*service("web", PortFact(port=80)), *sidecar)).groups[0]
    assert group.network == Network(mode="bridge", ports=(Port(label="http", to=80), Port(label="proxy_http", to=8081)))
    assert [task.config.ports for task in group.tasks] == [(), ()]
    assert [one.name for one in group.services] == ["shop", "shop-proxy"]
