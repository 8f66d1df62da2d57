"""Services of Consul's catalog that answers name."""

import pytest

from muster.nomad.domain.facts import EnvFact, ImageFact, PortFact
from muster.nomad.ports import ClusterFacts
from nomad.domain.repositories import built, cluster, say

ADDRESS, PORT, END = "{{ .Address }}", "{{ .Port }}", "{{ end }}{{ end }}"


def redis(shown: str, name: str = "redis") -> str:
    return f'{{{{ with service "{name}" }}}}{{{{ with index . 0 }}}}{shown}{END}'


def task(*facts: EnvFact, target: ClusterFacts | None = None, **answers: str):
    evidence = say("compose:web", ImageFact(image="acme/web"), PortFact(port=80), *facts)
    table = {f"web.{name}": text for name, text in answers.items()}
    return built(evidence, answers={"env": table}, target=target).task("web", "web")


def lines(*facts: EnvFact, target: ClusterFacts | None = None, **answers: str) -> list[str]:
    return [line for one in task(*facts, target=target, **answers).templates for line in one.data.splitlines()]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("redis.service.consul", redis(ADDRESS)),
        ("redis.service.consul:6379", redis(f"{ADDRESS}:{PORT}")),
        ("redis.service.consul:7000", redis(f"{ADDRESS}:7000")),
        ("redis://redis.service.consul:6379/0", f"redis://{redis(f'{ADDRESS}:{PORT}')}/0"),
        ("http://u@redis.service.consul/x", f"http://u@{redis(f'{ADDRESS}:{PORT}')}/x"),
        ("redis.service.dc2.consul", redis(ADDRESS, "redis@dc2")),
    ],
)
def test_a_service_of_the_catalog_is_looked_up(answer: str, text: str):
    assert lines(WHERE=answer) == [f'WHERE="{text}"']


@pytest.mark.parametrize(
    "answer",
    ["primary.redis.service.consul", "redis.service.consul.example.com", "redis.node.consul", "xredis.service"],
)
def test_another_name_stays(answer: str):
    assert task(WHERE=answer).env["WHERE"] == answer


def test_consul_itself_stays_by_name():
    assert task(WHERE="http://consul.service.consul:8500").env["WHERE"] == "http://consul.service.consul:8500"


def test_what_a_file_of_the_repository_says_stays():
    said = EnvFact(name="WHERE", value="redis.service.consul")
    assert task(said).env["WHERE"] == "redis.service.consul"


def test_nomads_own_services_know_no_catalog():
    answer = "redis.service.consul"
    assert task(target=cluster("1.8.0"), WHERE=answer).env["WHERE"] == answer


@pytest.mark.parametrize("port", ["6379", ""])
def test_the_port_beside_the_host_comes_from_the_catalog(port: str):
    needed = EnvFact(name="REDIS_PORT", required=True)
    found = lines(needed, REDIS_HOST="redis.service.consul", **({"REDIS_PORT": port} if port else {}))
    assert f'REDIS_PORT="{redis(PORT)}"' in found


def test_a_port_of_ones_own_is_kept():
    assert task(REDIS_HOST="redis.service.consul", REDIS_PORT="7000").env["REDIS_PORT"] == "7000"
