import pytest

from muster.nomad.domain.commands import command_kind
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    EnvFact,
    FrameworkFact,
    HealthFact,
    ImageFact,
    PortFact,
    WorkloadFact,
)
from nomad.domain.repositories import CELERY, FLASK, ONE_DOCKERFILE, PYTHON, WEB_AND_WORKER, analysed, say


def ports(evidence, name=None):
    analysis = analysed(evidence)
    service = analysis.service(name) if name else analysis.services[0]
    return [one.value.port for one in service.ports]


def listens(evidence):
    found = analysed(evidence).services[0].listens
    return found.value if found else None


def test_a_frameworks_default_counts_where_nothing_else_is_said():
    assert ports(say("folder:.", PYTHON, FLASK)) == [5000]


def test_exposed_ports_outweigh_the_frameworks_default():
    evidence = (*say("dockerfile:Dockerfile", PortFact(port=8080)), *say("folder:.", PYTHON, FLASK))
    assert ports(evidence) == [8080]


def test_compose_ports_outweigh_exposed_ones_and_the_difference_is_a_conflict():
    evidence = (
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), PortFact(port=9000, published=80)),
        *say("dockerfile:Dockerfile", PortFact(port=8080)),
    )
    assert ports(evidence) == [9000]
    (conflict,) = analysed(evidence).conflicts
    assert (conflict.winner.value, [one.value for one in conflict.losers]) == ("9000", ["8080"])


def test_a_worker_has_no_port():
    evidence = say("folder:.", PYTHON, CELERY, WorkloadFact(workload="worker"))
    assert ports(evidence) == []
    assert listens(evidence) is False


def test_a_framework_that_opens_no_port_gives_none_even_with_a_default():
    assert ports(say("folder:.", PYTHON, FrameworkFact(framework="bot", default_port=80, listens=False))) == []


def test_a_worker_library_beside_a_web_framework_changes_nothing():
    evidence = say("folder:.", PYTHON, FLASK, CELERY, WorkloadFact(workload="server"), WorkloadFact(workload="worker"))
    assert ports(evidence) == [5000]


def test_a_worker_built_like_the_server_has_none_of_its_ports():
    assert ports(WEB_AND_WORKER, "web") == [8000]
    assert ports(WEB_AND_WORKER, "worker") == []
    assert analysed(WEB_AND_WORKER).service("worker").listens.value is False


def test_another_command_beside_a_published_server_is_no_server():
    evidence = (
        *say("compose:web", BuildFact(context=".", dockerfile="Dockerfile"), PortFact(port=8000)),
        *say("compose:other", BuildFact(context=".", dockerfile="Dockerfile"), CommandFact(command=("./sync",))),
        *say("dockerfile:Dockerfile", PortFact(port=8000), HealthFact(type="http", path="/", port=8000)),
    )
    assert ports(evidence, "other") == []
    assert analysed(evidence).service("other").health is None


def test_a_server_command_keeps_the_exposed_ports():
    evidence = (
        *say("compose:web", BuildFact(context=".", dockerfile="Dockerfile"), CommandFact(command=("uvicorn", "a:b"))),
        *say("dockerfile:Dockerfile", PortFact(port=8000)),
    )
    assert ports(evidence) == [8000]


def test_a_dockerfile_that_starts_a_worker_does_not_listen_where_the_code_could():
    evidence = (
        *say("dockerfile:Dockerfile", CommandFact(command=("celery", "worker"))),
        *say("folder:.", PYTHON, FLASK),
    )
    assert ports(evidence) == []


def test_a_health_check_gives_the_port_away():
    assert ports(say("dockerfile:Dockerfile", HealthFact(type="http", path="/", port=7000))) == [7000]


def test_a_sibling_gives_the_port_away():
    assert ports(WEB_AND_WORKER, "broker") == [6379]
    broker = analysed(WEB_AND_WORKER).service("broker")
    assert broker.ports[0].reason == "web reaches it at broker:6379"


@pytest.mark.parametrize("value", ["xbroker:99", "broker.example.com:99", "my-broker:99", "broker:99.5"])
def test_a_name_that_only_looks_alike_gives_nothing_away(value):
    evidence = (
        *say("compose:web", ImageFact(image="x"), EnvFact(name="URL", value=value)),
        *say("compose:broker", ImageFact(image="y")),
    )
    assert ports(evidence, "broker") == []


def test_a_known_image_opens_the_port_that_it_declares():
    evidence = (*ONE_DOCKERFILE, *say("compose:db", ImageFact(image="docker.io/library/postgres:16@sha256:ab")))
    assert ports(evidence, "db") == [5432]


def test_an_unknown_image_opens_none():
    evidence = say("compose:x", ImageFact(image="acme/thing:1"))
    assert ports(evidence) == []
    assert listens(evidence) is None


def test_the_variable_that_sets_the_port_is_taken_from_the_code():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=8080)),
        *say("folder:.", PYTHON, PortFact(port=3000, env="PORT")),
    )
    port = analysed(evidence).services[0].ports[0]
    assert (port.value.port, port.value.env, port.where) == (8080, "PORT", "Dockerfile:1")


def test_a_port_out_of_range_is_none():
    assert ports(say("dockerfile:Dockerfile", PortFact(port=0), PortFact(port=70000))) == []


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (("gunicorn", "--workers", "4", "app:app"), "server"),
        (("gunicorn", "-k", "uvicorn.workers.UvicornWorker", "app:app"), "server"),
        (("celery", "-A", "proj", "worker"), "worker"),
        (("celery", "-A", "proj", "flower"), "server"),
        (("python", "manage.py", "rqworker"), "worker"),
        (("python", "my_worker.py"), "worker"),
        (("node", "dist/worker.js"), "worker"),
        (("alembic", "upgrade", "head"), "batch"),
        (("sh", "-c", "python manage.py migrate && gunicorn app"), "server"),
        (("python", "main.py"), None),
    ],
)
def test_a_command_gives_away_what_it_does(command, kind):
    assert command_kind(command) == kind


def test_a_health_check_or_framework_on_an_impossible_port_gives_none():
    assert ports(say("dockerfile:Dockerfile", HealthFact(type="http", path="/", port=70000))) == []
    assert ports(say("folder:.", PYTHON, FrameworkFact(framework="x", default_port=0))) == []


def test_localhost_in_an_example_is_the_service_that_publishes_the_port():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80)),
        *say("folder:.", EnvFact(name="URL", value="redis://localhost:16379/0"), where=".env.example"),
        *say("compose:cache", ImageFact(image="redis:7"), PortFact(port=6379, published=16379)),
    )
    (entry,) = analysed(evidence).services[0].env
    assert entry.value == "redis://cache:6379/0"
    assert entry.reason == "env in .env.example; its localhost:16379 is cache:6379 here"


def test_localhost_in_compose_is_the_container_itself():
    evidence = (
        *say("compose:web", ImageFact(image="x"), EnvFact(name="URL", value="redis://localhost:6379")),
        *say("compose:cache", ImageFact(image="redis:7"), PortFact(port=6379, published=6379)),
    )
    assert analysed(evidence).services[0].env[0].value == "redis://localhost:6379"


def test_a_second_service_of_one_build_opens_no_port_that_only_the_image_names():
    build = BuildFact(context=".", dockerfile="Dockerfile")
    evidence = (
        *say("compose:web", build, PortFact(port=8000, published=8000)),
        *say("compose:beat", build, EnvFact(name="START", value="beat")),
        *say("dockerfile:Dockerfile", PortFact(port=8000)),
    )
    assert {one.name: len(one.ports) for one in analysed(evidence).services} == {"web": 1, "beat": 0}
