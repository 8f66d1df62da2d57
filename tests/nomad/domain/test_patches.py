from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from muster.nomad.domain.network import Check, CheckRestart, Port
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
from muster.nomad.domain.patches.targets import check_of, port_of, update_of
from muster.nomad.domain.patches.task import AddChownTask, ClearCommand, SetCpu, SetEnv, SetImage, SetMemory
from muster.nomad.domain.policies import Restart
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, TaskSpec
from muster.nomad.domain.values import VarRef
from nomad.domain.failing_jobs import web_job

ON_HOST = DockerConfig(image="app:1", network_mode="host")


def app(spec: JobSpec) -> TaskSpec:
    return spec.task("web", "app")


CHANGES: list[tuple[SpecPatch, Callable[[JobSpec], object], object]] = [
    (SetMemory(group="web", task="app", memory_mb=256), lambda job: app(job).resources.memory_mb, 256),
    (SetCpu(group="web", task="app", cpu_mhz=400), lambda job: app(job).resources.cpu_mhz, 400),
    (
        SetDisk(group="web", size_mb=900),
        lambda job: (job.group("web").ephemeral_disk or job).model_dump()["size_mb"],
        900,
    ),
    (SetDatacenters(datacenters=("eu",)), lambda job: job.datacenters, ("eu",)),
    (SetPort(group="web", label="http", to=3000), lambda job: port_of(job.group("web"), "http").to, 3000),
    (SetCheckPath(group="web", service="web", path="/"), lambda job: check_of(job, "web", "web", 0).path, "/"),
    (SetCheckPort(group="web", service="web", port="http"), lambda job: check_of(job, "web", "web", 0).port, "http"),
    (SetCheckType(group="web", service="web"), lambda job: check_of(job, "web", "web", 0).type, "tcp"),
    (
        SetCheckTiming(group="web", service="web", interval_s=30, timeout_s=5),
        lambda job: (check_of(job, "web", "web", 0).interval_s, check_of(job, "web", "web", 0).timeout_s),
        (30, 5),
    ),
    (
        SetDeadlines(group="web", min_healthy_time_s=10, healthy_deadline_s=400, progress_deadline_s=500),
        lambda job: update_of(job, "web").healthy_deadline_s,
        400,
    ),
    (
        SetImage(group="web", task="app", image=VarRef(var="image")),
        lambda job: app(job).config.image,
        VarRef(var="image"),
    ),
    (SetEnv(group="web", task="app", name="A", value="b"), lambda job: app(job).env, {"A": "b"}),
    (SetRestart(group="web", restart=Restart(attempts=9)), lambda job: job.group("web").restart, Restart(attempts=9)),
]


@pytest.mark.parametrize(("patch", "read", "expected"), CHANGES, ids=lambda value: getattr(value, "kind", ""))
def test_a_patch_changes_what_it_says(patch: SpecPatch, read: Callable[[JobSpec], object], expected: object) -> None:
    assert read(apply_patch(web_job(), patch)) == expected


@pytest.mark.parametrize(
    "patch",
    [
        SetMemory(group="web", task="nope", memory_mb=1),
        SetDisk(group="nope", size_mb=1),
        SetPort(group="web", label="nope"),
        SetCheckPath(group="web", service="nope", path="/"),
        SetCheckPath(group="web", service="web", check=1, path="/"),
        SetCheckPort(group="web", service="web", port="nope"),
        AddChownTask(group="web", task="app", volume="nope", uid=1),
    ],
)
def test_a_patch_whose_target_is_absent_is_a_bug(patch: SpecPatch) -> None:
    with pytest.raises(KeyError):
        apply_patch(web_job(), patch)


def test_a_patch_survives_being_stored() -> None:
    adapter: TypeAdapter[SpecPatch] = TypeAdapter(SpecPatch)
    patch = SetEnv(group="web", task="app", name="A", value=VarRef(var="a"))
    assert adapter.validate_json(adapter.dump_json(patch)) == patch


def test_a_dynamic_port_keeps_its_number_inside_the_container() -> None:
    job = apply_patch(web_job(port=Port(label="http", static=8080)), MakePortDynamic(group="web", label="http"))
    assert port_of(job.group("web"), "http") == Port(label="http", to=8080)


def test_on_the_hosts_network_a_dynamic_port_is_told_to_the_program() -> None:
    job = web_job(port=Port(label="http", static=8080), config=ON_HOST, env={"PORT": "8080", "TTL": "60"})
    patched = apply_patch(job, MakePortDynamic(group="web", label="http"))
    assert app(patched).env == {"PORT": "${NOMAD_PORT_http}", "TTL": "60"}
    assert port_of(patched.group("web"), "http") == Port(label="http")


def test_a_tcp_check_keeps_nothing_of_http() -> None:
    job = web_job(check=Check(type="http", path="/health", method="HEAD", protocol="https", tls_skip_verify=True))
    check = check_of(apply_patch(job, SetCheckType(group="web", service="web")), "web", "web", 0)
    assert check == Check(type="tcp")


def test_a_check_of_a_tasks_own_service_is_found() -> None:
    job = web_job()
    moved = job.group("web").services
    group = job.group("web").model_copy(update={"services": ()})
    job = job.with_group(group).with_task("web", app(job).model_copy(update={"services": moved}))
    patched = apply_patch(job, SetCheckPath(group="web", service="web", path="/up"))
    assert app(patched).services[0].checks[0].path == "/up"


def test_a_grace_time_goes_where_the_check_restarts() -> None:
    job = web_job(check=Check(type="http", path="/", restart=CheckRestart(limit=3)))
    patch = SetCheckTiming(group="web", service="web", interval_s=10, timeout_s=2, grace_s=90)
    assert check_of(apply_patch(job, patch), "web", "web", 0).restart == CheckRestart(limit=3, grace_s=90)


def test_a_cleared_command_leaves_the_image_alone() -> None:
    config = DockerConfig(image="app:1", command="nope", args=("-x",), entrypoint=("sh",), ports=("http",))
    job = apply_patch(web_job(config=config), ClearCommand(group="web", task="app"))
    assert app(job).config == DockerConfig(image="app:1", ports=("http",))


def test_a_volume_is_given_away_before_the_task_starts() -> None:
    patch = AddChownTask(group="web", task="app", volume="data", uid=1000)
    first = apply_patch(web_job(), patch).group("web").tasks[0]
    assert first.lifecycle
    assert (first.name, first.lifecycle.hook, first.config.args) == ("chown-data", "prestart", ("-R", "1000", "/data"))


def test_a_second_owner_replaces_the_first() -> None:
    job = apply_patch(web_job(), AddChownTask(group="web", task="app", volume="data", uid=1000))
    job = apply_patch(job, AddChownTask(group="web", task="app", volume="data", uid=472))
    assert [task.name for task in job.group("web").tasks] == ["chown-data", "app"]


def test_the_chown_task_asks_for_no_privilege() -> None:
    job = apply_patch(web_job(), AddChownTask(group="web", task="app", volume="data", uid=1000))
    config = job.group("web").tasks[0].config
    assert not any((config.privileged, config.cap_add, config.mounts, config.volumes, config.extra_hosts))
