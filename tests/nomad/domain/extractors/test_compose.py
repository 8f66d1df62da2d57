import pytest

from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    DependsOnFact,
    EnvFact,
    HealthFact,
    ImageFact,
    NameFact,
    NetworkModeFact,
    PortFact,
    PrivilegeFact,
    ProblemFact,
    ProfilesFact,
    ReplicasFact,
    ResourcesFact,
    RestartFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
    WorkloadFact,
)
from nomad.domain.extractors.compose_reading import of_kind, problems, read, service


def test_evidence_names_unit_file_and_line() -> None:
    (image,) = read("services:\n  web:\n    image: app:1\n")
    assert (image.unit, image.source, image.where) == ("compose:web", "compose", "compose.yaml:3")
    assert image.fact == ImageFact(image="app:1")


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("build: .", BuildFact(context=".", dockerfile="Dockerfile")),
        ("build: ./api/", BuildFact(context="api", dockerfile="api/Dockerfile")),
        ("build:\n  context: api\n  dockerfile: ../docker/Dockerfile.prod",
         BuildFact(context="api", dockerfile="docker/Dockerfile.prod")),
        ("build:\n  context: .\n  target: prod\n  args:\n    - A=1\n    - TOKEN=abc\n    - B",
         BuildFact(context=".", dockerfile="Dockerfile", target="prod", args={"A": "1"})),
        ("build: {args: {A: 2, B: $UNKNOWN}}", BuildFact(context=".", dockerfile="Dockerfile", args={"A": "2"})),
    ],
)  # fmt: skip
def test_how_an_image_is_built(build: str, expected: BuildFact) -> None:
    assert service(build, BuildFact) == [expected]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("build: ../other", "outside of the repository"),
        ("build: /srv/app", "outside of the repository"),
        ("build: https://github.com/a/b.git", "another repository"),
        ("build: $WHERE", "no"),
        ("build: {dockerfile_inline: FROM a}", "dockerfile_inline"),
        ("image: ${REGISTRY}/app:${TAG:-1}", "nothing gives REGISTRY a value"),
        ("image: a b", "no image name"),
        ("container_name: x", "neither `image` nor `build`"),
    ],
)
def test_an_image_that_nobody_can_know_is_told_and_never_invented(text: str, said: str) -> None:
    evidence = read(f"services:\n  web:\n    {text}\n")
    assert said in problems(evidence)[0]
    assert of_kind(evidence, ImageFact) == []
    assert of_kind(evidence, BuildFact) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('"80"', [(80, "tcp", None)]),
        ("80", [(80, "tcp", None)]),
        ("8080:80", [(80, "tcp", 8080)]),
        ("22:22", [(22, "tcp", 22)]),
        ('"8080:80/udp"', [(80, "udp", 8080)]),
        ("127.0.0.1:8080:80", [(80, "tcp", 8080)]),
        ("127.0.0.1::80", [(80, "tcp", None)]),
        ('"[::1]:8080:80"', [(80, "tcp", 8080)]),
        ("3000-3002", [(3000, "tcp", None), (3001, "tcp", None), (3002, "tcp", None)]),
        ("9000-9001:8000-8001", [(8000, "tcp", 9000), (8001, "tcp", 9001)]),
        ("9000-9010:80", [(80, "tcp", None)]),
        ("${PORT:-8080}:80", [(80, "tcp", 8080)]),
        ("${PORT}:80", [(80, "tcp", None)]),
        ("{target: 80, published: '8080', protocol: udp}", [(80, "udp", 8080)]),
        ("{target: 80, published: 8000-8010}", [(80, "tcp", None)]),
    ],
)
def test_published_ports(entry: str, expected: list[tuple[int, str, int | None]]) -> None:
    found = service(f"ports:\n  - {entry}", PortFact)
    assert [(fact.port, fact.protocol, fact.published) for fact in found] == expected


def test_a_port_that_is_published_and_exposed_is_said_once() -> None:
    text = "ports: ['8080:80']\nexpose: [80, '9000']\nenvironment: {PORT: 80}"
    assert service(text, PortFact) == [PortFact(port=80, published=8080, env="PORT"), PortFact(port=9000)]


@pytest.mark.parametrize("entry", ["'80:x'", "'0'", "'1:70000'", "'80/sctp'", "'1-60000'", "'80:${INSIDE}'"])
def test_a_port_that_makes_no_sense_is_told(entry: str) -> None:
    text = f"ports: [{entry}]"
    assert service(text, PortFact) == []
    assert len(service(text, ProblemFact)) == 1


def test_a_commands_port_counts_where_nothing_is_published() -> None:
    text = "command: uvicorn a:b --port 9000\n"
    assert service(text, PortFact) == [PortFact(port=9000)]
    assert service(f"{text}ports: ['80:8000']", PortFact) == [PortFact(port=8000, published=80)]
    variable = "command: sh -c 'gunicorn -b :$$PORT app'\nenvironment: {PORT: 5000}"
    assert service(variable, PortFact) == [PortFact(port=5000, env="PORT")]


def test_a_variable_that_tells_where_to_listen_counts_where_nothing_else_does() -> None:
    assert service("environment: {PORT: 9000, DB_PORT: 1}", PortFact) == [PortFact(port=9000, env="PORT")]
    told = PortFact(port=9000, env="LISTEN_ADDR", env_form=":{port}")
    assert service("environment: {LISTEN_ADDR: ':9000'}", PortFact) == [told]


def test_a_worker_has_no_port() -> None:
    assert service("command: celery -A app worker\nenvironment: {PORT: 9000}", PortFact) == []


@pytest.mark.parametrize(
    "form", ["environment:\n  A: x\n  B: 'on'\n  C: 080", "environment:\n  - A=x\n  - B=on\n  - C=080"]
)
def test_environment_as_map_and_list_keeps_the_text(form: str) -> None:
    values = [(fact.name, fact.value) for fact in service(form, EnvFact)]
    assert values == [("A", "x"), ("B", "on"), ("C", "080")]


def test_variables_come_from_the_env_file_beside_it() -> None:
    text = "environment:\n  A: ${X}\n  B: ${Y:-b}\n  C: ${Z-c}\n  D: $$X\n  E: ${Y:+e}\n  F: ${X:?no}\n  G: ${N:-${X}}\n  X:"
    found = service(text, EnvFact, _env="X=1\nY=\n")
    assert {fact.name: fact.value for fact in found} == {
        "A": "1", "B": "b", "C": "c", "D": "$X", "E": "", "F": "1", "G": "1", "X": "1",
    }  # fmt: skip


def test_without_it_its_example_gives_hints_but_no_placeholders() -> None:
    text = "services:\n  web:\n    image: app:${TAG}\n    environment:\n      A: ${X}\n"
    evidence = read(text, _env_example="TAG=3\nX=changeme\n")
    assert of_kind(evidence, ImageFact) == [ImageFact(image="app:3")]
    assert evidence[0].reason == "`image` of the service, with values of .env.example"
    assert of_kind(evidence, EnvFact) == [EnvFact(name="A", value=None, required=True)]


def test_a_variable_without_value_leaves_the_environment_unknown_and_required() -> None:
    assert service("environment:\n  A: x${B}\n  C:", EnvFact) == [
        EnvFact(name="A", value=None, required=True),
        EnvFact(name="C", value=None),
    ]


SECRETS = """\
environment:
  DB_PASSWORD: hunter2
  DATABASE_URL: postgres://app:hunter2@db/app
  DSN: host=db password=${DB_PASSWORD}
  OTHER: ${API_KEY:-hunter2}
  NAME: app
command: redis-server --requirepass ${REDIS_PASSWORD:-hunter2}
labels:
  a: b"""


def test_no_value_of_a_secret_is_kept_anywhere() -> None:
    files = {"_env": "DB_PASSWORD=hunter2\nREDIS_PASSWORD=hunter2\n", "web_env": "S3_SECRET_KEY=hunter2\n"}
    body = "\n".join(f"    {line}" for line in f"{SECRETS}\nenv_file: web.env".split("\n"))
    evidence = read(f"services:\n  web:\n    image: a\n{body}\n", **files)
    kept = [one for one in evidence if "hunter2" in one.model_dump_json() and not isinstance(one.fact, CommandFact)]
    assert kept == []
    secret = {fact.name for fact in of_kind(evidence, EnvFact) if fact.secret}
    assert secret == {"DB_PASSWORD", "DATABASE_URL", "DSN", "OTHER", "S3_SECRET_KEY"}


def test_a_secret_in_a_command_stays_a_variable_and_is_told() -> None:
    text = "command: redis-server --requirepass ${REDIS_PASSWORD}"
    others = {"_env": "REDIS_PASSWORD=hunter2\n"}
    (command,) = service(text, CommandFact, **others)
    assert command.command == ("redis-server", "--requirepass", "${REDIS_PASSWORD}")
    assert "REDIS_PASSWORD is a secret" in service(text, ProblemFact, **others)[0].problem


def test_env_files_stand_below_environment_and_a_later_one_above_an_earlier_one() -> None:
    text = "environment: {A: own}\nenv_file:\n  - a.env\n  - {path: conf/b.env}"
    evidence = service(text, EnvFact, a_env="A=1\nB=1\nC=1\n# D=1\n", conf__b_env="C=2\n")
    assert {fact.name: fact.value for fact in evidence} == {"A": "own", "B": "1", "C": "2"}


def test_evidence_from_an_env_file_names_its_line() -> None:
    evidence = read("services:\n  web:\n    image: a\n    env_file: a.env\n", a_env="# x\nB=1\n")
    assert [one.where for one in evidence if isinstance(one.fact, EnvFact)] == ["a.env:2"]


def test_a_missing_env_file_is_told_unless_it_is_optional() -> None:
    assert "not in the repository" in service("env_file: .env", ProblemFact)[0].problem
    assert service("env_file: [{path: .env, required: false}]", ProblemFact) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("/data", VolumeFact(path="/data")),
        ("data:/data", VolumeFact(path="/data", source="data", type="named")),
        ("data:/data:ro", VolumeFact(path="/data", source="data", type="named", read_only=True)),
        ("./conf:/conf:ro,z", VolumeFact(path="/conf", source="./conf", type="bind", read_only=True)),
        ("/var/run/docker.sock:/var/run/docker.sock",
         VolumeFact(path="/var/run/docker.sock", source="/var/run/docker.sock", type="bind")),
        ("~/x:/x", VolumeFact(path="/x", source="~/x", type="bind")),
        ("'C:\\data:/data'", VolumeFact(path="/data", source="C:\\data", type="bind")),
        ("/data:ro", VolumeFact(path="/data", read_only=True)),
        ("${DIR:-./d}:/d", VolumeFact(path="/d", source="./d", type="bind")),
        ("{type: volume, source: data, target: /data, read_only: true}",
         VolumeFact(path="/data", source="data", type="named", read_only=True)),
        ("{type: bind, source: ./a, target: /a}", VolumeFact(path="/a", source="./a", type="bind")),
        ("{type: tmpfs, target: /tmp}", VolumeFact(path="/tmp", type="tmpfs")),
        ("{type: volume, target: /v}", VolumeFact(path="/v")),
    ],
)  # fmt: skip
def test_volumes(entry: str, expected: VolumeFact) -> None:
    assert service(f"volumes:\n  - {entry}", VolumeFact) == [expected]


def test_tmpfs_is_a_volume_and_what_makes_no_sense_is_told() -> None:
    assert service("tmpfs: /run:size=64m", VolumeFact) == [VolumeFact(path="/run", type="tmpfs")]
    assert len(service("volumes: [{type: npipe, target: /x}, {source: a}, '', [1]]", ProblemFact)) == 4


def test_what_asks_for_more_than_a_container_is_shown() -> None:
    text = (
        "privileged: true\ncap_add: [NET_ADMIN]\ndevices: ['/dev/a:/dev/b']\npid: host\n"
        "security_opt: ['seccomp:unconfined']\nvolumes: ['/etc:/etc:ro', 'named:/n']\nipc: shareable"
    )
    assert {(fact.privilege, fact.detail) for fact in service(text, PrivilegeFact)} == {
        ("privileged", ""),
        ("cap_add", "NET_ADMIN"),
        ("devices", "/dev/a:/dev/b"),
        ("pid", "host"),
        ("security_opt", "seccomp:unconfined"),
        ("host_mount", "/etc:/etc"),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("command: python app.py --name 'a b'", CommandFact(command=("python", "app.py", "--name", "a b"))),
        ("command: [a, 'b c', 1]", CommandFact(command=("a", "b c", "1"))),
        ("command: []", CommandFact(command=())),
        ("entrypoint: ''", CommandFact(entrypoint=())),
        (
            "command: y\nentrypoint: sh -c 'x'",
            CommandFact(entrypoint=("sh", "-c", "x"), command=("y",), entrypoint_at="compose.yaml:5"),
        ),
        ("command: echo $$HOME", CommandFact(command=("echo", "$HOME"))),
        ('command: >\n  bash -c "a\n  && b"', CommandFact(command=("bash", "-c", "a && b"))),
        ("command: unclosed 'quote", CommandFact(command=("unclosed", "'quote"))),
    ],
)
def test_commands(text: str, expected: CommandFact) -> None:
    assert service(text, CommandFact) == [expected]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("test: curl -f http://localhost:8000/up || exit 1\ninterval: 1m30s\ntimeout: 5s\nretries: 3\nstart_period: 40s",
         HealthFact(type="http", path="/up", port=8000, interval_s=90, timeout_s=5, retries=3, start_period_s=40)),
        ("test: [CMD, wget, -q, 'http://web:80/x']", HealthFact(type="http", path="/x", port=80)),
        ("test: [CMD-SHELL, 'curl http://localhost:$$PORT/']", HealthFact(type="http", path="/", port=3000)),
        ("test: [CMD, pg_isready, -U, $$USER]", HealthFact(type="command", command=("pg_isready", "-U", "$USER"))),
        ("test: pg_isready", HealthFact(type="command", command=("/bin/sh", "-c", "pg_isready"))),
        ("test: [NONE]", HealthFact(type="disabled")),
        ("disable: true", HealthFact(type="disabled")),
    ],
)  # fmt: skip
def test_health_checks(check: str, expected: HealthFact) -> None:
    body = "\n".join(f"  {line}" for line in check.split("\n"))
    assert service(f"environment: {{PORT: 3000}}\nhealthcheck:\n{body}", HealthFact) == [expected]


def test_what_a_service_waits_for() -> None:
    text = (
        "services:\n  web:\n    image: a\n    depends_on:\n      db: {condition: service_healthy}\n      gone: {}\n"
        "    links: ['db:database', cache]\n  db: {image: b, depends_on: [cache]}\n  cache: {image: c}\n"
    )
    evidence = read(text)
    assert of_kind(evidence, DependsOnFact) == [
        DependsOnFact(service="db", condition="service_healthy"),
        DependsOnFact(service="cache"),
        DependsOnFact(service="cache"),
    ]
    assert problems(evidence) == ["web: it depends on 'gone', which is no service of this file"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deploy: {resources: {limits: {cpus: '0.5', memory: 512M}}}", ResourcesFact(cpu_mhz=500, memory_mb=512)),
        ("deploy: {resources: {limits: {memory: 1g}, reservations: {cpus: 2, memory: 256MB}}}",
         ResourcesFact(cpu_mhz=2000, memory_mb=256, memory_max_mb=1024)),
        ("mem_limit: 134217728\ncpus: 1.5", ResourcesFact(cpu_mhz=1500, memory_mb=128)),
        ("mem_limit: 1.5gb\nmem_reservation: 100m", ResourcesFact(memory_mb=100, memory_max_mb=1536)),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 2}]}}}", ResourcesFact(gpus=2)),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}", ResourcesFact(gpus=1)),
        ("gpus: all", ResourcesFact(gpus=1)),
        ("runtime: nvidia", ResourcesFact(gpus=1)),
    ],
)  # fmt: skip
def test_resources(text: str, expected: ResourcesFact) -> None:
    assert service(text, ResourcesFact) == [expected]


@pytest.mark.parametrize(
    "text", ["mem_limit: lots", "cpus: many", "mem_limit: 0", "deploy: []", "mem_limit: 99999999999999999999g"]
)
def test_resources_that_make_no_sense_are_none(text: str) -> None:
    assert service(text, ResourcesFact) == []


def test_the_smaller_keys() -> None:
    text = (
        "user: '1000:1000'\nworking_dir: /srv\nrestart: no\nnetwork_mode: host\nprofiles: [debug]\n"
        "deploy: {replicas: 3, mode: global}"
    )
    assert service(text, UserFact) == [UserFact(user="1000:1000", uid=1000)]
    assert service(text, WorkdirFact) == [WorkdirFact(path="/srv")]
    assert service(text, RestartFact) == [RestartFact(policy="no")]
    assert service(text, NetworkModeFact) == [NetworkModeFact(mode="host")]
    assert service(text, ProfilesFact) == [ProfilesFact(profiles=("debug",))]
    assert service(text, ReplicasFact) == [ReplicasFact(count=3)]
    assert service(text, WorkloadFact) == [WorkloadFact(workload="system")]
    assert service("deploy: {restart_policy: {condition: none}}", RestartFact) == [RestartFact(policy="no")]
    assert service("scale: 2", ReplicasFact) == [ReplicasFact(count=2)]


def test_the_projects_name_is_said_about_its_first_service() -> None:
    evidence = read("name: shop\nservices:\n  web: {image: a}\n  db: {image: b}\n")
    assert [(one.unit, one.fact) for one in evidence if isinstance(one.fact, NameFact)] == [
        ("compose:web", NameFact(name="shop"))
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("environment: ['=y']", "environment: a variable without a name"),
        ("deploy: {replicas: lots}", "deploy.replicas 'lots' is no count"),
        ("scale: 99999999", "scale '99999999' is no count"),
        ("deploy: {resources: {limits: {memory: much}}}", "memory 'much' is no amount that can be read"),
        ("deploy: {resources: {limits: {cpus: .inf}}}", "cpus '.inf' is no amount that can be read"),
        ("mem_limit: 1e400g", "mem_limit '1e400g' is no amount that can be read"),
    ],
)
def test_an_amount_that_makes_no_sense_is_told(body: str, said: str) -> None:
    assert f"web: {said}" in problems(read(f"services:\n  web:\n    image: app:1\n    {body}\n"))


def test_no_limit_is_no_problem() -> None:
    assert problems(read("services:\n  web:\n    image: app:1\n    mem_limit: 0\n    cpus: '0'\n")) == []
