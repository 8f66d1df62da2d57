"""Strategies: any evidence that extractors could give, sensible or not."""

from hypothesis import strategies as st

from muster.nomad.domain import facts
from muster.nomad.domain.facts import Evidence

SERVICES = ["web", "db", "a.B"]
UNITS = [
    *(f"compose:{name}" for name in SERVICES),
    *(f"kubernetes:{name}" for name in (*SERVICES, "web/proxy")),
    "process:worker",
    "process:api/web",
    "dockerfile:Dockerfile",
    "dockerfile:api/Dockerfile",
    "dockerfile:Dockerfile.bak",
    "folder:.",
    "folder:api",
]
NUMBERS = st.one_of(st.integers(1, 65535), st.sampled_from([0, 80, 5432, 8080, 70000]))
WORDS = st.one_of(
    st.sampled_from(
        ["", "redis", "web", "db", "db:5432", "http://web/", "postgres://u@db/x", "${A}", "{{ x }}", "celery"]
    ),
    st.text(max_size=12),
)
NAMES = st.sampled_from(["PORT", "DB_HOST", "DB_PORT", "URL", "API_KEY", "MODE", "A"])
COMMANDS = st.lists(st.text(max_size=8) | st.sampled_from(["worker", "gunicorn", "migrate", "db:5432"]), max_size=4)
SECONDS = st.none() | st.floats(0, 600)

NAMING_DB = st.builds(
    facts.EnvFact,
    name=NAMES,
    value=st.sampled_from(["db", "db:5432", "postgres://u@db/x?a={{b}}", 'a"\\\n db:5432', "http://a.B:80/"]),
)
PORT = st.builds(facts.PortFact, port=st.sampled_from([80, 5432]))

FACTS = st.one_of(
    NAMING_DB,
    NAMING_DB,
    PORT,
    PORT,
    st.builds(facts.ImageFact, image=st.sampled_from(["redis:7", "acme/app:1", "ghcr.io/x/y@sha256:ab"])),
    st.builds(
        facts.BuildFact,
        context=st.sampled_from([".", "api"]),
        dockerfile=st.sampled_from(["Dockerfile", "api/Dockerfile"]),
    ),
    st.builds(
        facts.BaseImageFact, image=st.just("python:3"), platform=st.sampled_from([None, "linux/arm64", "$X", ""])
    ),
    st.builds(
        facts.PortFact,
        port=NUMBERS,
        protocol=st.sampled_from(["tcp", "udp"]),
        published=st.none() | NUMBERS,
        env=st.sampled_from([None, "PORT"]),
    ),
    st.builds(facts.EnvFact, name=NAMES, value=st.none() | WORDS, required=st.booleans(), secret=st.just(False)),
    st.builds(facts.EnvFact, name=NAMES, value=st.none(), required=st.booleans(), secret=st.just(True)),
    st.builds(
        facts.CommandFact,
        command=st.none() | COMMANDS.map(tuple),
        entrypoint=st.none() | COMMANDS.map(tuple),
    ),
    st.builds(
        facts.UserFact, user=st.sampled_from(["", "app", "root", "1000:1000"]), uid=st.none() | st.integers(0, 70000)
    ),
    st.builds(facts.WorkdirFact, path=st.just("/app")),
    st.builds(
        facts.VolumeFact,
        path=st.sampled_from(["/data", "/x y", ""]),
        source=st.none() | st.sampled_from(["data", "./src", "a_b", ""]),
        type=st.sampled_from(["named", "bind", "anonymous", "tmpfs"]),
        read_only=st.booleans(),
    ),
    st.builds(
        facts.HealthFact,
        type=st.sampled_from(["http", "tcp", "command", "disabled"]),
        path=st.none() | st.sampled_from(["/", "/health"]),
        port=st.none() | NUMBERS,
        command=COMMANDS.map(tuple),
        interval_s=SECONDS,
        timeout_s=SECONDS,
        start_period_s=SECONDS,
    ),
    st.builds(facts.LanguageFact, language=st.sampled_from(["python", "go", "cobol"])),
    st.builds(
        facts.FrameworkFact,
        framework=st.sampled_from(["flask", "celery", "streamlit"]),
        default_port=st.none() | st.integers(1, 65535),
        listens=st.booleans(),
    ),
    st.builds(
        facts.WorkloadFact,
        workload=st.sampled_from(["server", "worker", "batch", "periodic", "system", "compute"]),
        cron=st.sampled_from([None, "0 3 * * *"]),
    ),
    st.builds(facts.DependencyFact, service=st.just("redis"), by=st.just("redis")),
    st.builds(
        facts.DependsOnFact,
        service=st.sampled_from([*SERVICES, "gone", "web/proxy"]),
        condition=st.sampled_from(["service_started", "service_healthy", "service_completed_successfully"]),
    ),
    st.builds(
        facts.ResourcesFact,
        cpu_mhz=st.none() | st.integers(0, 9000),
        memory_mb=st.none() | st.integers(0, 9000),
        memory_max_mb=st.none() | st.integers(0, 9000),
        gpus=st.none() | st.integers(0, 4),
    ),
    st.builds(facts.ReplicasFact, count=st.integers(0, 5)),
    st.builds(
        facts.NetworkModeFact, mode=st.sampled_from(["host", "bridge", "none", "service:web", "service:db", "x"])
    ),
    st.builds(facts.ProfilesFact, profiles=st.just(("dev",))),
    st.builds(facts.RestartFact, policy=st.sampled_from(["no", "always", "on-failure:3"])),
    st.builds(
        facts.ContainerFact,
        cap_drop=st.sampled_from([(), ("ALL",)]),
        readonly_rootfs=st.booleans(),
        labels=st.dictionaries(WORDS, WORDS, max_size=2),
        shm_size=st.none() | st.integers(1, 2**40),
        stop_grace_s=SECONDS,
        not_carried=st.sampled_from([(), ("logging",)]),
    ),
    st.builds(facts.PrivilegeFact, privilege=st.sampled_from(["privileged", "cap_add"]), detail=st.just("X")),
    st.builds(
        facts.AddressFact,
        host=st.sampled_from(SERVICES),
        namespace=st.sampled_from(["", "shop"]),
        port=st.none() | NUMBERS,
        target=st.none() | NUMBERS,
    ),
    st.builds(facts.RouteFact, route=st.sampled_from(["shop.example.com/", "/api"])),
    st.builds(facts.NameFact, name=st.sampled_from(["shop", "", "@x/y", "日本"])),
    st.builds(facts.ProblemFact, problem=st.text(max_size=5)),
)

EVIDENCE = st.lists(
    st.builds(
        Evidence,
        unit=st.sampled_from(UNITS),
        fact=FACTS,
        source=st.sampled_from(
            ["compose", "fly", "procfile", "kubernetes", "makefile", "dockerfile", "env example", "python"]
        ),
        where=st.sampled_from(["compose.yaml:1", ".env.example:2", "", "x"]),
        reason=st.sampled_from(["because", ""]),
        confidence=st.floats(-1, 2),
    ),
    max_size=25,
)
