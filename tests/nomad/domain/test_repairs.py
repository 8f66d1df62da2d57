"""Which repairs are proposed for which failure, in which order, and when none is."""

from typing import Any

import pytest

from muster.core.repairs import Repair
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.network import Check, CheckRestart, Port
from muster.nomad.domain.observing import observe
from muster.nomad.domain.outcomes import Cause, Observation, TaskEvent
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckPort, SetCheckTiming, SetCheckType
from muster.nomad.domain.patches.group import (
    MakePortDynamic,
    SetDatacenters,
    SetDeadlines,
    SetDisk,
    SetPort,
    SetRestart,
)
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.task import AddChownTask, ClearCommand, SetCpu, SetEnv, SetMemory
from muster.nomad.domain.policies import Update
from muster.nomad.domain.repairs.propose import propose_repairs, with_diff
from muster.nomad.domain.repairs.situation import may_have_consul
from muster.nomad.domain.repairs.tasks import PATIENT
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, Resources
from muster.nomad.ports import ClusterFacts
from nomad.domain.failing_jobs import STARTED, crashed, not_healthy, not_started, web_job

CLUSTER = ClusterFacts(
    address="http://127.0.0.1:4646",
    version="1.9.3",
    region="global",
    datacenters=("eu-1", "eu-2"),
    ready_nodes=3,
    largest_node_cpu_mhz=8000,
    largest_node_memory_mb=4096,
    consul=True,
)
ON_HOST = DockerConfig(image="app:1", network_mode="host")


def proposals(
    seen: Observation,
    job: JobSpec,
    *,
    cluster: ClusterFacts | None = CLUSTER,
    tried: tuple[Repair[SpecPatch], ...] = (),
    known_env: dict[str, str] | None = None,
) -> tuple[Repair[SpecPatch], ...]:
    cause = classify_failure(seen, job, consul=may_have_consul(cluster))
    return propose_repairs(cause, seen, job, cluster=cluster, tried=tried, known_env=dict(known_env or {}))


def patches(seen: Observation, job: JobSpec, **more: Any) -> list[SpecPatch]:
    return [repair.patch for repair in proposals(seen, job, **more)]


def out_of_memory() -> Observation:
    return crashed(code=137, oom_killed=True)


def unplaced(**metrics: Any) -> Observation:
    return observe({"FailedTGAllocs": {"web": metrics}}, None, [], None)


def resources(**amounts: Any) -> JobSpec:
    return web_job(resources=Resources(**{"cpu_mhz": 200, "memory_mb": 128} | amounts))


def memory_of(mb: int, ceiling: int | None = None) -> SetMemory:
    return SetMemory(group="web", task="app", memory_mb=mb, memory_max_mb=ceiling)


@pytest.mark.parametrize(("had", "gets"), [(16, 128), (128, 256), (700, 1400), (3000, 4096)])
def test_memory_is_doubled_from_128_up_to_the_largest_node(had: int, gets: int) -> None:
    assert patches(out_of_memory(), resources(memory_mb=had)) == [memory_of(gets)]


def test_memory_does_not_grow_beyond_the_largest_node() -> None:
    assert patches(out_of_memory(), resources(memory_mb=4096)) == []


def test_a_memory_ceiling_grows_first_and_then_the_reservation() -> None:
    job = resources(memory_mb=256, memory_max_mb=512)
    assert patches(out_of_memory(), job) == [memory_of(256, 1024), memory_of(1024)]


def test_memory_grows_without_knowing_the_cluster() -> None:
    assert patches(out_of_memory(), resources(memory_mb=8192), cluster=None) == [memory_of(16384)]


def test_memory_that_somebody_asked_for_is_not_taken_away() -> None:
    assert patches(unplaced(NodesEvaluated=1, DimensionExhausted={"memory": 1}), resources(memory_mb=9000)) == []


def test_a_default_memory_that_finds_no_node_is_halved() -> None:
    job = resources(memory_mb=2048).model_copy(
        update={"reasons": {"group.web.task.app.resources.memory": "workload class heavy"}}
    )
    assert patches(unplaced(NodesEvaluated=1, DimensionExhausted={"memory": 1}), job) == [memory_of(1024)]


def test_memory_that_grew_because_of_a_kill_is_not_taken_away_again() -> None:
    (grown,) = proposals(out_of_memory(), resources(memory_mb=1024))
    job = apply_patch(resources(memory_mb=1024), grown.patch).model_copy(
        update={"reasons": {"group.web.task.app.resources.memory": "default"}}
    )
    assert patches(unplaced(NodesEvaluated=1, DimensionExhausted={"memory": 1}), job, tried=(grown,)) == []


def test_a_default_cpu_share_that_finds_no_node_is_halved() -> None:
    job = resources(cpu_mhz=4000).model_copy(update={"reasons": {"group.web.task.app.resources.cpu": "default"}})
    seen = unplaced(NodesEvaluated=1, DimensionExhausted={"cpu": 1})
    assert patches(seen, job) == [SetCpu(group="web", task="app", cpu_mhz=2000)]


def test_a_full_disk_is_doubled() -> None:
    assert patches(crashed("No space left on device"), web_job()) == [SetDisk(group="web", size_mb=600)]


def test_a_taken_port_is_left_to_nomad() -> None:
    seen = unplaced(NodesEvaluated=1, DimensionExhausted={"network: reserved port collision http=8080": 1})
    job = web_job(port=Port(label="http", static=8080))
    assert patches(seen, job) == [MakePortDynamic(group="web", label="http")]


def test_a_taken_port_stays_where_the_program_could_not_be_told_of_another() -> None:
    seen = unplaced(NodesEvaluated=1, DimensionExhausted={"network: reserved port collision http=8080": 1})
    assert patches(seen, web_job(port=Port(label="http", static=8080), config=ON_HOST)) == []


def test_an_inside_port_on_the_hosts_network_is_left_out_where_the_program_reads_nomads() -> None:
    job = web_job(config=ON_HOST, env={"PORT": "${NOMAD_PORT_http}"})
    assert patches(not_healthy(), job) == [SetPort(group="web", label="http")]


def test_an_inside_port_on_the_hosts_network_becomes_the_nodes_port_for_a_single_allocation() -> None:
    assert patches(not_healthy(), web_job(config=ON_HOST)) == [SetPort(group="web", label="http", static=8080)]


def test_a_datacenter_that_does_not_exist_is_replaced_by_the_clusters_own() -> None:
    assert patches(unplaced(NodesAvailable={"dc1": 0}), web_job()) == [SetDatacenters(datacenters=("eu-1", "eu-2"))]


def test_a_real_datacenter_without_ready_nodes_needs_a_human() -> None:
    job = web_job().model_copy(update={"datacenters": ("eu-1",)})
    assert patches(unplaced(NodesAvailable={"eu-1": 0}), job) == []


def test_no_datacenter_is_guessed_without_knowing_the_cluster() -> None:
    assert patches(unplaced(NodesAvailable={"dc1": 0}), web_job(), cluster=None) == []


def test_a_wrong_path_gives_way_to_one_that_the_log_shows_then_the_root_then_the_open_port() -> None:
    seen = not_healthy("[GIN-debug] GET    /healthz  --> main.health", '"GET /health HTTP/1.1" 404 -')
    assert patches(seen, web_job()) == [
        SetCheckPath(group="web", service="web", path="/healthz"),
        SetCheckPath(group="web", service="web", path="/"),
        SetCheckType(group="web", service="web"),
    ]


def test_a_path_that_wants_a_login_is_only_seen_to_be_open() -> None:
    seen = not_healthy('"GET /health HTTP/1.1" 401 -')
    assert patches(seen, web_job()) == [SetCheckType(group="web", service="web")]


def test_a_program_that_is_not_well_is_not_helped_by_another_check() -> None:
    assert patches(not_healthy('"GET /health HTTP/1.1" 500 -'), web_job()) == []


def test_the_port_that_the_program_names_is_set_inside_the_container() -> None:
    assert patches(not_healthy("Listening on port 3000"), web_job()) == [
        SetPort(group="web", label="http", to=3000),
        SetEnv(group="web", task="app", name="PORT", value="${NOMAD_PORT_http}"),
    ]


def test_on_the_hosts_network_the_program_is_told_its_port_first() -> None:
    job = web_job(config=ON_HOST, port=Port(label="http"))
    assert patches(not_healthy("Listening on port 3000"), job) == [
        SetEnv(group="web", task="app", name="PORT", value="${NOMAD_PORT_http}"),
        SetPort(group="web", label="http", static=3000),
    ]


def test_a_check_moves_to_the_label_where_the_program_listens() -> None:
    job = web_job()
    network = job.group("web").network
    assert network
    ports = (*network.ports, Port(label="admin", to=3000))
    group = job.group("web").model_copy(update={"network": network.model_copy(update={"ports": ports})})
    first = patches(not_healthy("Listening on port 3000"), job.with_group(group))[0]
    assert first == SetCheckPort(group="web", service="web", port="admin")


def test_a_slow_start_gets_twice_the_time_below_the_progress_deadline() -> None:
    first = patches(not_healthy(), web_job())[0]
    assert first == SetDeadlines(group="web", min_healthy_time_s=10, healthy_deadline_s=360, progress_deadline_s=420)


def test_a_check_that_never_passes_is_at_last_only_an_open_port() -> None:
    assert patches(not_healthy(), web_job())[-1] == SetCheckType(group="web", service="web")


def test_patience_ends_at_a_quarter_of_an_hour() -> None:
    job = web_job()
    update = Update(healthy_deadline_s=900, progress_deadline_s=1000)
    job = job.with_group(job.group("web").model_copy(update={"update": update}))
    assert patches(not_healthy(), job) == [SetCheckType(group="web", service="web")]


def test_no_patience_helps_where_consul_is_missing() -> None:
    assert patches(not_healthy(), web_job(), cluster=CLUSTER.model_copy(update={"consul": False})) == []


def test_after_one_round_of_patience_the_check_only_opens_the_port() -> None:
    patience = proposals(not_healthy(), web_job())[0]
    job = apply_patch(web_job(), patience.patch)
    kinds = [patch.kind for patch in patches(not_healthy(), job, tried=(patience,))]
    assert kinds == ["set_check_type", "set_deadlines"]


def test_a_cluster_whose_nodes_cannot_be_read_may_have_consul() -> None:
    unread = CLUSTER.model_copy(update={"consul": False, "ready_nodes": 0})
    assert patches(not_healthy(), web_job(), cluster=unread)


def test_a_download_that_takes_long_only_needs_time() -> None:
    seen = not_started(TaskEvent(type="Driver", message="Downloading image"))
    assert [patch.kind for patch in patches(seen, web_job())] == ["set_deadlines"]


def test_a_check_that_restarts_too_early_waits_longer() -> None:
    restart = TaskEvent(type="Restart Signaled", message='healthcheck: check "web" unhealthy')
    job = web_job(check=Check(type="http", path="/health", restart=CheckRestart(limit=2, grace_s=20)))
    first = patches(crashed(code=137, events=(STARTED, restart), failed=False, state="pending"), job)[0]
    assert first == SetCheckTiming(group="web", service="web", interval_s=10, timeout_s=2, grace_s=40)


def test_the_programs_own_port_is_what_nomad_gives_it() -> None:
    assert patches(crashed("Error: PORT is required"), web_job()) == [
        SetEnv(group="web", task="app", name="PORT", value="${NOMAD_PORT_http}")
    ]


def test_a_variable_that_the_repository_gives_a_value_is_set() -> None:
    seen = crashed("KeyError: 'SITE_NAME'")
    assert patches(seen, web_job(), known_env={"SITE_NAME": "demo"}) == [
        SetEnv(group="web", task="app", name="SITE_NAME", value="demo")
    ]


@pytest.mark.parametrize("known", [{"DB_PASSWORD": "hunter2"}, {"DATABASE_URL": "postgres://app:hunter2@db/app"}])
def test_a_secret_is_never_written_into_a_spec(known: dict[str, str]) -> None:
    (name,) = known
    assert patches(crashed(f"KeyError: '{name}'"), web_job(), known_env=known) == []


def test_a_variable_that_nobody_knows_needs_a_human() -> None:
    assert patches(crashed("KeyError: 'SITE_NAME'"), web_job()) == []


def test_a_volume_is_given_to_the_tasks_user() -> None:
    seen = crashed("PermissionError: [Errno 13] Permission denied: '/data/app.db'")
    assert patches(seen, web_job(user="1000")) == [AddChownTask(group="web", task="app", volume="data", uid=1000)]


def test_a_command_that_the_image_does_not_have_is_left_out() -> None:
    seen = not_started(TaskEvent(type="Driver Failure", message='exec: "nope": executable file not found in $PATH'))
    job = web_job(config=DockerConfig(image="app:1", command="nope"))
    assert patches(seen, job) == [ClearCommand(group="web", task="app")]


def test_an_image_with_a_broken_command_of_its_own_needs_a_human() -> None:
    seen = not_started(TaskEvent(type="Driver Failure", message='exec: "nope": executable file not found in $PATH'))
    assert patches(seen, web_job()) == []


def test_a_task_that_starts_before_its_dependency_gets_more_restarts() -> None:
    seen = crashed("Error 111 connecting to redis:8080. Connection refused.")
    assert patches(seen, web_job()) == [SetRestart(group="web", restart=PATIENT)]


@pytest.mark.parametrize("kind", ["crash", "image_not_found", "image_auth", "acl", "template", "constraint", "unknown"])
def test_no_rule_knows_a_cure_for_what_only_a_human_knows(kind: Any) -> None:
    cause = Cause(kind=kind, remedy="human", summary="")
    assert propose_repairs(cause, Observation(), web_job(), cluster=CLUSTER, tried=()) == ()


def test_what_was_tried_is_not_proposed_again() -> None:
    seen = not_healthy('"GET /health HTTP/1.1" 404 -')
    first, *rest = proposals(seen, web_job())
    assert proposals(seen, web_job(), tried=(first,)) == tuple(rest)


def test_what_changes_nothing_is_not_proposed() -> None:
    job = web_job(check=Check(type="http", path="/"))
    assert [patch.kind for patch in patches(not_healthy('"GET / HTTP/1.1" 404 -'), job)] == ["set_check_type"]


def test_every_proposal_says_why_and_what_it_expects() -> None:
    (repair,) = proposals(out_of_memory(), web_job())
    assert repair.reason == "web/app ran out of memory at 128 MB"
    assert repair.expected_effect == "it has 256 MB before the kernel kills it"


def test_a_diff_shows_only_what_changes() -> None:
    (repair,) = proposals(out_of_memory(), web_job())
    shown = with_diff(repair, web_job(), lambda job: job.model_dump_json(indent=1)).diff
    changed = [line.strip() for line in shown.splitlines() if line[0] in "+-" and line[:3] not in ("---", "+++")]
    assert [line.replace(" ", "") for line in changed] == ['-"memory_mb":128,', '+"memory_mb":256,']


@pytest.mark.parametrize(("group", "task"), [("web", "shipper"), ("cron", ""), ("cron", "sweep")])
def test_what_the_spec_does_not_hold_is_not_repaired(group: str, task: str) -> None:
    cause = Cause(kind="memory", remedy="rule", summary="it was killed", group=group, task=task)
    seen = Observation()
    assert propose_repairs(cause, seen, web_job(), cluster=CLUSTER, tried=()) == ()
