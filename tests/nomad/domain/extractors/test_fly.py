import pytest

from muster.nomad.domain.extractors.fly import EXTRACTOR
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    ContainerFact,
    EnvFact,
    HealthFact,
    ImageFact,
    NameFact,
    PortFact,
    ResourcesFact,
    VolumeFact,
    WorkloadFact,
)
from nomad.domain.extractors.said import env, of, say, troubles

APP = """
app = "shop-1"
primary_region = "ams"
kill_signal = "SIGINT"
kill_timeout = 30

[build]
dockerfile = "docker/Dockerfile.prod"
build-target = "run"
[build.args]
NODE = "22"
API_TOKEN = "abc"

[env]
PORT = "8080"
LOG = "info"
DB_PASSWORD = "hush"

[processes]
web = "bin/serve --port 8080"
worker = "bin/work && true"

[http_service]
internal_port = 8080
processes = ["web"]
auto_stop_machines = true
[[http_service.checks]]
path = "/up"
interval = "15s"
timeout = 2000
grace_period = "1m"

[mounts]
source = "data"
destination = "/data"
processes = ["worker"]

[[vm]]
size = "performance-2x"
processes = ["web"]
[[vm]]
memory = "1gb"
gpu_kind = "l40s"
processes = ["worker"]

[deploy]
release_command = "bin/migrate"
"""
WEB = "dockerfile:docker/Dockerfile.prod"


def read(text: str, path: str = "fly.toml"):
    return say(EXTRACTOR, {path: text})


def test_an_app_speaks_of_the_image_of_its_dockerfile() -> None:
    (name,) = [one for one in read(APP) if isinstance(one.fact, NameFact)]
    assert (name.unit, name.where, name.source) == (WEB, "fly.toml:2", "fly")


def test_a_name_that_something_else_fills_in_is_none() -> None:
    assert of(read("app = '{APP_NAME}'"), NameFact) == []


def test_without_build_it_is_the_dockerfile_of_its_folder() -> None:
    assert {one.unit for one in read("app = 'x'", "api/fly.toml")} == {"dockerfile:api/Dockerfile"}


def test_what_a_buildpack_builds_is_the_folder() -> None:
    assert {one.unit for one in read("app = 'x'\n[build]\nbuilder = 'heroku/builder:24'")} == {"folder:."}


def test_a_build_has_target_and_the_arguments_that_are_no_secrets() -> None:
    fact = BuildFact(context=".", dockerfile="docker/Dockerfile.prod", target="run", args={"NODE": "22"})
    assert of(read(APP), BuildFact, WEB) == [fact]


def test_an_image_is_what_runs() -> None:
    assert of(read("[build]\nimage = 'ghcr.io/a/b:1'"), ImageFact) == [ImageFact(image="ghcr.io/a/b:1")]


def test_a_dockerfile_outside_of_the_repository_is_told() -> None:
    evidence = read("[build]\ndockerfile = '../Dockerfile'")
    assert troubles(evidence) == ["its Dockerfile is outside of the repository"]
    assert of(evidence, BuildFact) == []


def test_environment_has_lines_and_no_secret_values() -> None:
    evidence = read(APP)
    assert env(evidence) == {"PORT": "8080", "LOG": "info", "DB_PASSWORD": None}
    assert "hush" not in str(evidence)
    assert [one.where for one in evidence if isinstance(one.fact, EnvFact) and one.fact.name == "LOG"] == [
        "fly.toml:16"
    ]


def test_the_internal_port_is_that_of_the_process_that_is_served() -> None:
    evidence = read(APP)
    assert of(evidence, PortFact, WEB) == [PortFact(port=8080, env="PORT")]
    assert of(evidence, PortFact, "process:worker") == []


@pytest.mark.parametrize("port", ["0", "'x'", "70000", "-1", "true"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    evidence = read(f"[http_service]\ninternal_port = {port}")
    assert troubles(evidence) == ["an `internal_port` is no port"]
    assert of(evidence, PortFact) == []


def test_services_may_be_udp() -> None:
    (port,) = of(read("[[services]]\ninternal_port = 53\nprotocol = 'udp'"), PortFact)
    assert (port.port, port.protocol) == (53, "udp")


def test_an_http_check_has_path_port_and_times() -> None:
    fact = HealthFact(type="http", path="/up", port=8080, interval_s=15, timeout_s=2, start_period_s=60)
    assert of(read(APP), HealthFact) == [fact]


def test_checks_of_the_app_name_their_port() -> None:
    (fact,) = of(read("[checks.alive]\ntype = 'tcp'\nport = 9000\ninterval = '10s'"), HealthFact)
    assert fact == HealthFact(type="tcp", port=9000, interval_s=10)


def test_the_served_process_is_the_main_one_and_others_are_units() -> None:
    evidence = read(APP)
    assert of(evidence, CommandFact, WEB)[0].command == ("bin/serve", "--port", "8080")
    assert of(evidence, CommandFact, "process:worker")[0].command == ("/bin/sh", "-c", "bin/work && true")
    assert of(evidence, WorkloadFact, "process:worker") == [WorkloadFact(workload="worker")]


def test_mounts_and_machines_belong_to_the_processes_that_they_name() -> None:
    evidence = read(APP)
    assert of(evidence, VolumeFact, "process:worker") == [VolumeFact(path="/data", source="data", type="named")]
    assert of(evidence, ResourcesFact, WEB) == [ResourcesFact(cpu_mhz=2000, memory_mb=4096)]
    assert of(evidence, ResourcesFact, "process:worker") == [ResourcesFact(memory_mb=1024, gpus=1)]


def test_a_shared_cpu_promises_no_mhz() -> None:
    assert of(read("[[vm]]\nsize = 'shared-cpu-1x'"), ResourcesFact) == [ResourcesFact(memory_mb=256)]


def test_how_it_is_stopped() -> None:
    (fact,) = of(read(APP), ContainerFact)
    assert (fact.stop_signal, fact.stop_grace_s) == ("SIGINT", 30)


def test_what_has_no_place_is_told_with_its_line() -> None:
    evidence = read(APP)
    assert any("bin/migrate" in one for one in troubles(evidence))
    assert "not carried over from fly.toml: primary_region" in troubles(evidence)
    assert [one.where for one in evidence if "auto_stop" in str(one.fact)] == ["fly.toml:26"]


def test_variants_are_told_and_left_alone() -> None:
    assert troubles(read("app = 'x'", "fly.staging.toml")) == [
        "fly.staging.toml is left out: Fly takes `fly.toml` unless told otherwise"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "app = ",
        "x = " + "[" * 5000,
        "a." * 200_000 + "a = 1",  # tomllib alone would take minutes
        "kill_timeout = " + "9" * 5000,
        "[[env]]\nA = 1\n",
        "build = 1\nenv = []\nprocesses = 'x'\nmounts = 1\nvm = 'a'\nchecks = [1]\nservices = {internal_port = {}}\n",
        "[processes]\nweb = []\n[http_service]\nchecks = 1\nprocesses = {}\n",
        "[checks]\na = 1\n",
    ],
)
def test_hostile_files_raise_nothing(text: str) -> None:
    assert isinstance(read(text), tuple)
