import pytest

from muster.nomad.domain.facts import ContainerFact, HealthFact, PrivilegeFact
from nomad.domain.extractors.compose_reading import of_kind, read, service


def settings(text: str, **others: str) -> ContainerFact:
    found = service(text, ContainerFact, **others)
    return found[0].model_copy(update={"lines": {}}) if found else ContainerFact()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cap_drop: [ALL]", ContainerFact(cap_drop=("ALL",))),
        ("read_only: true", ContainerFact(readonly_rootfs=True)),
        ("read_only: ${RO:-true}", ContainerFact(readonly_rootfs=True)),
        ("read_only: false", ContainerFact()),
        ("init: true", ContainerFact(init=True)),
        ("labels: {a.b: c}", ContainerFact(labels={"a.b": "c"})),
        ("labels: ['a.b=c', d]", ContainerFact(labels={"a.b": "c", "d": ""})),
        ("hostname: shop", ContainerFact(hostname="shop")),
        ("shm_size: 64m", ContainerFact(shm_size=64 * 2**20)),
        ("stop_signal: int", ContainerFact(stop_signal="SIGINT")),
        ("stop_grace_period: 1m30s", ContainerFact(stop_grace_s=90)),
    ],
)
def test_a_setting_that_nomad_has_too_is_read(text: str, expected: ContainerFact) -> None:
    assert settings(text) == expected


def test_each_setting_knows_its_line() -> None:
    assert service("init: true\ncap_drop: [ALL]", ContainerFact)[0].lines == {
        "init": "compose.yaml:4",
        "cap_drop": "compose.yaml:5",
    }


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("logging: {driver: syslog}\nsysctls: {a: 1}\nulimits: {nofile: 9}", ("logging", "sysctls", "ulimits")),
        ("dns: 1.1.1.1", ("dns",)),
        ("networks: {front: {aliases: [shop]}}", ("networks",)),
        ("ipc: shareable", ("ipc",)),
        ("stop_signal: SIGRTMIN+3", ("stop_signal",)),
        ("shm_size: much", ("shm_size",)),
        ("read_only: ${UNKNOWN}", ("read_only",)),
        ("deploy: {replicas: 2, placement: {constraints: []}}", ("deploy.placement",)),
        ("security_opt: ['no-new-privileges:true']", ("security_opt no-new-privileges:true",)),
        ("labels: {API_KEY: abc, b: $UNKNOWN}", ("label API_KEY", "label b")),
    ],
)
def test_a_key_that_has_no_place_in_the_job_is_named(text: str, lost: tuple[str, ...]) -> None:
    assert settings(text) == ContainerFact(not_carried=lost)


@pytest.mark.parametrize("text", ["networks: [front]", "x-team: shop", "logging:", "pid: host", "ports: ['80:80']"])
def test_a_key_that_is_said_elsewhere_or_means_nothing_is_not_named(text: str) -> None:
    assert service(text, ContainerFact) == []


def test_an_option_that_restricts_is_no_privilege() -> None:
    text = "security_opt: ['no-new-privileges', 'apparmor:unconfined']"
    assert [fact.detail for fact in service(text, PrivilegeFact)] == ["apparmor:unconfined"]


@pytest.mark.parametrize("text", ["extra_hosts: ['db:10.0.0.1']", "extra_hosts: {db: 10.0.0.1}"])
def test_a_host_that_is_made_up_is_a_privilege(text: str) -> None:
    assert service(text, PrivilegeFact) == [PrivilegeFact(privilege="extra_hosts", detail="db:10.0.0.1")]


@pytest.mark.parametrize(
    ("test", "command"),
    [
        ("[CMD, pg_isready, -h, web, -U, web]", ("pg_isready", "-h", "127.0.0.1", "-U", "web")),
        ("redis-cli -h web ping", ("/bin/sh", "-c", "redis-cli -h 127.0.0.1 ping")),
        ("mysqladmin ping --host=web", ("/bin/sh", "-c", "mysqladmin ping --host=127.0.0.1")),
        ("pg_isready -h web-db", ("/bin/sh", "-c", "pg_isready -h web-db")),
    ],
)
def test_a_check_that_calls_its_own_service_by_name_calls_itself(test: str, command: tuple[str, ...]) -> None:
    assert service(f"healthcheck: {{test: {test}}}", HealthFact) == [HealthFact(type="command", command=command)]


def test_two_services_are_told_apart() -> None:
    found = read("services:\n  a: {image: x, dns: 1.1.1.1}\n  b: {image: y, init: true}\n")
    assert [(fact.not_carried, fact.init) for fact in of_kind(found, ContainerFact)] == [(("dns",), False), ((), True)]
