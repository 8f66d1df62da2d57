from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from aegis.executors.nomad_double import NomadDouble, nomad_cluster
from aegis.executors.remotes import CEILINGS, nomad
from aegis.executors.sandboxes import ignore, needs_bwrap
from muster.aegis.domain.workload import Workload, WorkloadLimits
from muster.aegis.executors.nomad import NomadExecutor
from muster.aegis.executors.nomad_job import Place, render_job


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[NomadDouble, NomadExecutor]]:
    with ExitStack() as stack, nomad_cluster(tmp_path / "cluster") as (double, address):
        yield double, nomad(tmp_path, address, stack)


def task(tmp_path: Path, workload: Workload) -> dict[str, Any]:
    place = Place(image="trainer:1", volume="training", volume_root=tmp_path)
    return render_job("muster-job", workload, {}, place, CEILINGS)["Job"]["TaskGroups"][0]["Tasks"][0]


def test_a_job_is_registered_only_where_there_is_none(tmp_path: Path) -> None:
    place = Place(image="trainer:1", volume="training", volume_root=tmp_path)
    body = render_job("muster-job", Workload(name="job", script=""), {}, place, CEILINGS)
    assert (body["EnforceIndex"], body["JobModifyIndex"]) == (True, 0)


def test_a_job_is_tried_once(tmp_path: Path) -> None:
    place = Place(image="trainer:1", volume="training", volume_root=tmp_path)
    group = render_job("muster-job", Workload(name="job", script=""), {}, place, CEILINGS)["Job"]["TaskGroups"][0]
    assert (group["RestartPolicy"]["Attempts"], group["ReschedulePolicy"]["Attempts"]) == (0, 0)
    assert group["ReschedulePolicy"]["Unlimited"] is False


def test_gpus_are_a_device_of_the_task(tmp_path: Path) -> None:
    made = task(tmp_path, Workload(name="job", script="", limits=WorkloadLimits(gpus=2, memory_mb=256)))
    assert made["Resources"] == {"MemoryMB": 256, "Devices": [{"Name": "nvidia/gpu", "Count": 2}]}


def test_a_task_has_no_network_no_capability_and_no_root(tmp_path: Path) -> None:
    made = task(tmp_path, Workload(name="job", script=""))
    config = made["Config"]
    assert made["User"] == "65534"
    assert (config["network_mode"], config["cap_drop"], config["readonly_rootfs"]) == ("none", ["all"], True)


def test_a_script_is_no_template(tmp_path: Path) -> None:
    script = 'print("{{ key `secret` }}")'
    template = task(tmp_path, Workload(name="job", script=script))["Templates"][0]
    assert template["EmbeddedTmpl"] == script
    assert template["LeftDelim"] not in script


@needs_bwrap
def test_an_input_of_the_volume_is_read_by_its_name(cluster: tuple[NomadDouble, NomadExecutor], tmp_path: Path) -> None:
    _, executor = cluster
    (tmp_path / "cluster/volume/rows.jsonl").write_text("rows")
    script = "open('outputs/seen', 'w').write(open('inputs/data.jsonl').read())"
    inputs = {"data.jsonl": str(tmp_path / "cluster/volume/rows.jsonl")}
    job = executor.submit(Workload(name="job", script=script, inputs=inputs))
    executor.follow(job, ignore)
    assert executor.collect(job, tmp_path / "got") == ("seen",)
    assert (tmp_path / "got/seen").read_text() == "rows"


@needs_bwrap
def test_links_among_the_outputs_are_not_collected(cluster: tuple[NomadDouble, NomadExecutor], tmp_path: Path) -> None:
    _, executor = cluster
    job = executor.submit(Workload(name="job", script="import os; os.symlink('/etc/passwd', 'outputs/link')"))
    executor.follow(job, ignore)
    assert executor.collect(job, tmp_path / "got") == ()


@needs_bwrap
def test_an_oom_kill_is_told_by_the_task_event(cluster: tuple[NomadDouble, NomadExecutor]) -> None:
    double, executor = cluster
    double.oom_killed = True
    assert executor.follow(executor.submit(Workload(name="job", script="exit(137)")), ignore).oom_kills == 1


def test_a_job_that_is_stopped_before_it_found_a_place_has_ended(cluster: tuple[NomadDouble, NomadExecutor]) -> None:
    double, executor = cluster
    double.full = True
    job = executor.submit(Workload(name="job", script=""))
    executor.stop(job, "cancelled")
    ended = executor.follow(job, ignore)
    assert (ended.exit_status, ended.stopped_for) == (None, "cancelled")


def test_a_job_that_nomad_has_collected_ended_nobody_knows_how(cluster: tuple[NomadDouble, NomadExecutor]) -> None:
    double, executor = cluster
    double.full = True
    job = executor.submit(Workload(name="job", script=""))
    double.jobs.clear()
    assert executor.follow(job, ignore).exit_status is None
