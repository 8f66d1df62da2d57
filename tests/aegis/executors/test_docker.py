from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis.executors.docker_double import DockerDouble, docker_engine
from aegis.executors.remotes import docker
from aegis.executors.sandboxes import ignore, needs_bwrap
from muster.aegis.domain.workload import Workload, WorkloadLimits
from muster.aegis.executors.docker import DockerExecutor
from muster.aegis.executors.docker_container import container
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.core.errors import UnreachableError, UsageError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tuple[DockerDouble, DockerExecutor]]:
    with docker_engine(tmp_path / "engine") as (double, socket):
        yield double, docker(tmp_path, socket)


def body(tmp_path: Path, **limits: object) -> dict[str, object]:
    workload = Workload(name="job", script="", limits=WorkloadLimits.model_validate(limits))
    return container(workload, tmp_path, "trainer:1", "python3", Ceilings(memory_mb=512, pids=64))  # type: ignore[return-value]


def test_a_container_has_no_network_no_capability_and_no_root(tmp_path: Path) -> None:
    made = body(tmp_path)
    host = made["HostConfig"]
    assert isinstance(host, dict)
    assert made["User"] == "65534:65534"
    assert (host["NetworkMode"], host["ReadonlyRootfs"], host["CapDrop"]) == ("none", True, ["ALL"])
    assert host["SecurityOpt"] == ["no-new-privileges"]


def test_a_containers_limits_are_the_workloads(tmp_path: Path) -> None:
    host = body(tmp_path, memory_mb=256, cpus=1.5, gpus=2, disk_mb=32)["HostConfig"]
    assert isinstance(host, dict)
    assert host["Memory"] == host["MemorySwap"] == 256 * 2**20
    assert (host["NanoCpus"], host["PidsLimit"]) == (1_500_000_000, 64)
    assert host["DeviceRequests"] == [{"Driver": "", "Count": 2, "Capabilities": [["gpu"]]}]
    assert {"Name": "fsize", "Soft": 32 * 2**20, "Hard": 32 * 2**20} in host["Ulimits"]


def test_only_outputs_can_be_written(tmp_path: Path) -> None:
    host = body(tmp_path)["HostConfig"]
    assert isinstance(host, dict)
    assert [mount["Target"] for mount in host["Mounts"] if mount.get("ReadOnly") is False] == ["/job/outputs"]


def test_an_image_that_is_not_here_is_named_with_what_brings_it(engine: tuple[DockerDouble, DockerExecutor]) -> None:
    double, executor = engine
    double.images = ()
    with pytest.raises(UsageError, match=r"(?s)trainer:1.*docker pull trainer:1"):
        executor.submit(Workload(name="job", script=""))


def test_no_engine_is_a_service_away(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="Docker"):
        docker(tmp_path, tmp_path / "nowhere.sock").find("job")


@needs_bwrap
def test_a_container_that_was_created_but_not_started_is_started_once(
    engine: tuple[DockerDouble, DockerExecutor],
) -> None:
    double, executor = engine
    executor.submit(workload := Workload(name="job", script=""))
    executor.submit(workload)
    assert double.starts == 1


@needs_bwrap
def test_the_engines_word_about_memory_is_told(engine: tuple[DockerDouble, DockerExecutor]) -> None:
    double, executor = engine
    double.oom_killed = True
    assert executor.follow(executor.submit(Workload(name="job", script="exit(1)")), ignore).oom_kills == 1


@needs_bwrap
def test_outputs_past_their_limit_end_the_container(engine: tuple[DockerDouble, DockerExecutor]) -> None:
    _, executor = engine
    script = "import time\nfor n in range(40): open(f'outputs/{n}', 'wb').write(bytes(2**20))\ntime.sleep(600)"
    job = executor.submit(Workload(name="job", script=script, limits=WorkloadLimits(disk_mb=16)))
    assert executor.follow(job, ignore).disk_limited


@needs_bwrap
def test_a_container_past_its_time_is_told_as_timed_out(engine: tuple[DockerDouble, DockerExecutor]) -> None:
    _, executor = engine
    limits = WorkloadLimits(seconds=0.3)
    job = executor.submit(Workload(name="job", script="import time; time.sleep(600)", limits=limits))
    ended = executor.follow(job, ignore)
    assert (ended.stopped_for, ended.exit_status) == ("timeout", 124)
