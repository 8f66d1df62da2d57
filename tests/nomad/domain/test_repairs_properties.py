"""Whatever fails and whatever the job: repairs change it, keep it valid, never repeat, end, and widen no privilege."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from muster.core.repairs import Repair
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.network import Check, CheckRestart, Port
from muster.nomad.domain.observing import observe
from muster.nomad.domain.outcomes import Observation, TaskEvent
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.targets import update_of
from muster.nomad.domain.policies import Update
from muster.nomad.domain.repairs.propose import propose_repairs
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, Resources
from muster.nomad.ports import ClusterFacts
from nomad.domain.failing_jobs import STARTED, crashed, not_healthy, not_started, web_job

ENDS_WITHIN = 40
"""Failing for ever in the same way: doubling memory, disk and deadlines ends long before."""

LINES = st.sampled_from(
    [
        '"GET /health HTTP/1.1" 404 -',
        '"GET / HTTP/1.1" 200 -',
        "[GIN-debug] GET    /healthz  --> main.health",
        "Listening on port 3000",
        "KeyError: 'PORT'",
        "KeyError: 'SITE_NAME'",
        "PermissionError: [Errno 13] Permission denied: '/data/app.db'",
        "listen tcp 0.0.0.0:8080: bind: address already in use",
        "Error 111 connecting to redis:8080. Connection refused.",
        "MemoryError",
        "No space left on device",
        "privileged: true, cap_add: SYS_ADMIN, extra_hosts: evil:1.2.3.4",
        "",
    ]
)
METRICS = st.sampled_from(
    [
        {"DimensionExhausted": {"memory": 1}},
        {"DimensionExhausted": {"cpu": 1}},
        {"DimensionExhausted": {"disk": 1}},
        {"DimensionExhausted": {"network: reserved port collision http=8080": 1}},
        {"NodesAvailable": {"dc1": 0}},
        {"ConstraintFiltered": {"missing drivers": 1}},
    ]
)
WORDS = st.sampled_from(
    [
        'exec: "nope": executable file not found in $PATH',
        "Bind for 10.0.0.1:8080 failed: port is already allocated",
        "Downloading image",
        "write /var/lib/docker/tmp/x: no space left on device",
        "Missing: kv.block(web/feature)",
    ]
)


def restarted(*lines: str) -> Observation:
    restart = TaskEvent(type="Restart Signaled", message='healthcheck: check "web" unhealthy')
    return crashed(*lines, code=137, events=(STARTED, restart), failed=False, state="pending")


def unplaced(metrics: dict[str, Any]) -> Observation:
    return observe({"FailedTGAllocs": {"web": metrics | {"NodesEvaluated": 1}}}, None, [], None)


lines = st.lists(LINES, max_size=4)
observations: st.SearchStrategy[Observation] = st.one_of(
    lines.map(lambda some: crashed(*some)),
    lines.map(lambda some: crashed(*some, code=137, oom_killed=True)),
    lines.map(lambda some: crashed(*some, code=127)),
    lines.map(lambda some: not_healthy(*some)),
    lines.map(lambda some: restarted(*some)),
    METRICS.map(unplaced),
    WORDS.map(lambda word: not_started(TaskEvent(type="Driver", message=word))),
)

ports = st.builds(
    Port, label=st.just("http"), static=st.none() | st.just(8080), to=st.none() | st.sampled_from([3000, 8080])
)
checks = st.builds(
    Check,
    type=st.sampled_from(["http", "tcp", "grpc"]),
    path=st.sampled_from(["/", "/health"]),
    restart=st.none() | st.builds(CheckRestart, limit=st.just(3), grace_s=st.sampled_from([1.0, 60.0])),
)
configs = st.builds(
    DockerConfig,
    image=st.just("app:1"),
    command=st.none() | st.just("nope"),
    network_mode=st.none() | st.just("host"),
)
resources = st.builds(
    Resources,
    cpu_mhz=st.none() | st.integers(20, 20_000),
    memory_mb=st.integers(10, 20_000),
    memory_max_mb=st.none() | st.integers(20_001, 40_000),
)
updates = st.tuples(st.floats(1, 60), st.floats(61, 1200), st.floats(1201, 3600)).map(
    lambda s: Update(min_healthy_time_s=s[0], healthy_deadline_s=s[1], progress_deadline_s=s[2])
)
guesses = st.sampled_from(
    [{}, {f"group.web.task.app.resources.{name}": "default" for name in ("cpu", "memory", "disk")}]
)


@st.composite
def jobs(draw: st.DrawFn) -> JobSpec:
    job = web_job(
        port=draw(ports),
        check=draw(checks),
        config=draw(configs),
        resources=draw(resources),
        user=draw(st.none() | st.sampled_from(["1000", "0", "node"])),
        env=draw(st.sampled_from([{}, {"PORT": "8080"}, {"PORT": "${NOMAD_PORT_http}"}])),
    )
    changed = {"update": draw(st.none() | updates), "count": draw(st.integers(1, 3))}
    job = job.with_group(job.group("web").model_copy(update=changed))
    return job.model_copy(update={"reasons": draw(guesses)})


clusters = st.none() | st.builds(
    ClusterFacts,
    address=st.just(""),
    version=st.just("1.9.3"),
    region=st.just("global"),
    datacenters=st.sampled_from([("dc1",), ("eu-1", "eu-2")]),
    ready_nodes=st.integers(0, 3),
    largest_node_memory_mb=st.sampled_from([0, 1024, 65536]),
    consul=st.booleans(),
)


def repaired_for_ever(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> list[tuple[JobSpec, SpecPatch]]:
    """The jobs after each repair, while the same thing is seen again and again."""
    tried: list[Repair[SpecPatch]] = []
    history: list[tuple[JobSpec, SpecPatch]] = []
    while len(tried) < ENDS_WITHIN:
        cause = classify_failure(seen, job)
        found = propose_repairs(cause, seen, job, cluster=cluster, tried=tried, known_env={"SITE_NAME": "demo"})
        if not found:
            break
        tried.append(found[0])
        job = apply_patch(job, found[0].patch)
        history.append((job, found[0].patch))
    return history


@settings(deadline=None)
@given(observations, jobs(), clusters)
@example(crashed(code=137, oom_killed=True), web_job(), None)
def test_every_proposal_changes_the_job(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    cause = classify_failure(seen, job)
    found = propose_repairs(cause, seen, job, cluster=cluster, tried=())
    assert all(apply_patch(job, repair.patch) != job for repair in found)


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_only_what_a_rule_may_cure_is_proposed(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    cause = classify_failure(seen, job)
    assert cause.remedy == "rule" or not propose_repairs(cause, seen, job, cluster=cluster, tried=())


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_repairs_end_and_never_repeat(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    patches = [patch.model_dump_json() for _, patch in repaired_for_ever(seen, job, cluster)]
    assert len(patches) == len(set(patches))
    assert len(patches) < ENDS_WITHIN


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_deadlines_stay_in_order(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    for repaired, _ in repaired_for_ever(seen, job, cluster):
        update = update_of(repaired, "web")
        assert update.min_healthy_time_s < update.healthy_deadline_s < update.progress_deadline_s


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_ports_and_task_names_stay_unique(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    for repaired, _ in repaired_for_ever(seen, job, cluster):
        group = repaired.group("web")
        labels = [port.label for port in group.network.ports] if group.network else []
        names = [task.name for task in group.tasks]
        assert (len(labels), len(names)) == (len(set(labels)), len(set(names)))


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_a_repaired_job_is_still_a_valid_one(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    for repaired, _ in repaired_for_ever(seen, job, cluster):
        assert JobSpec.model_validate_json(repaired.model_dump_json()) == repaired


@settings(deadline=None)
@given(observations, jobs(), clusters)
def test_no_repair_widens_a_privilege(seen: Observation, job: JobSpec, cluster: ClusterFacts | None) -> None:
    for repaired, _ in repaired_for_ever(seen, job, cluster):
        for task in repaired.group("web").tasks:
            config = task.config
            asked = (config.privileged, config.cap_add, config.volumes, config.mounts, config.extra_hosts)
            assert not any(asked)
            assert (task.driver, config.runtime, task.resources.devices) == ("docker", None, ())
            assert config.network_mode == job.task("web", "app").config.network_mode or task.name != "app"
