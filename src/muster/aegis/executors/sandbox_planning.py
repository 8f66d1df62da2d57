"""From a workload to what the supervisor runs: the files of the job's folder, its limits, its command."""

import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from muster.aegis.domain.workload import Workload, WorkloadLimits
from muster.aegis.executors.bubblewrap import NOBODY, Scene, render_command, render_sandbox
from muster.aegis.executors.interpreter import Interpreter
from muster.aegis.executors.supervisor.cgroups import find_parents
from muster.aegis.executors.supervisor.plan import Plan
from muster.core.errors import UsageError

_PASSWD = "nobody:x:65534:65534:nobody:/tmp:/usr/sbin/nologin\n"
_ENV = {"HOME": "/tmp", "USER": "nobody", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HOME": "/tmp/huggingface", "PYTHONDONTWRITEBYTECODE": "1"}
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}
"""A thread of OpenMP that waits spins on a core by default, and another process needs that core: 57 steps of the tiny
model took 35 s on two busy cores, and 12 s with threads that sleep."""
_FILES = 4096


@dataclass(frozen=True)
class Ceilings:
    """What a job gets whose workload names no limit."""

    memory_mb: int
    disk_mb: int = 20 * 1024
    pids: int = 1024
    grace_s: float = 30.0
    reserve_mb: int = 1024
    """What must stay free on the disk of the host beside all that the job may write."""


def most_memory_mb() -> int:
    """Four fifths of the machine's."""
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20 * 0.8)


def lay_out(folder: Path, workload: Workload) -> Scene:
    """Write the files that the job reads, into its own folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "outputs").mkdir(exist_ok=True)
    (folder / "script.py").write_text(workload.script)
    (folder / "passwd").write_text(_PASSWD)
    inputs = {name: Path(path).resolve() for name, path in workload.inputs.items()}
    return Scene(folder / "script.py", folder / "outputs", inputs, folder / "passwd")


def make_plan(
    workload: Workload, scene: Scene, ceilings: Ceilings, command: Callable[[Mapping[str, int]], tuple[str, ...]]
) -> Plan:
    """The workload's limits, or the ceilings. Raises UsageError where the machine can't hold a job to them."""
    limits = workload.limits
    grouped = _groups(limits, ceilings)
    disk_mb = limits.disk_mb or ceilings.disk_mb
    _check_disk(scene.outputs, disk_mb + ceilings.reserve_mb)
    return Plan(
        name=workload.name,
        argv=command(_rlimits(limits, ceilings, grouped)),
        sandboxed=False,
        outputs="outputs",
        disk_mb=disk_mb,
        pids=ceilings.pids,
        grace_s=ceilings.grace_s,
        grouped=grouped,
        memory_mb=limits.memory_mb or ceilings.memory_mb,
        cpus=limits.cpus,
        seconds=limits.seconds,
        cpu_seconds=limits.cpu_seconds,
    )


def sandbox_command(
    bwrap: str, python: Interpreter, scene: Scene, workload: Workload
) -> Callable[[Mapping[str, int]], tuple[str, ...]]:
    """Inside bubblewrap."""
    env = job_env(workload, python)
    as_root, gpus = os.geteuid() == 0, workload.limits.gpus
    if as_root:
        _give_to_nobody(scene)
    return lambda limits: render_sandbox(bwrap, python, scene, env=env, limits=limits, as_root=as_root, gpus=gpus)


def bare_command(python: Interpreter, scene: Scene) -> Callable[[Mapping[str, int]], tuple[str, ...]]:
    """Without a sandbox, from the job's folder: the inputs are links there."""
    (scene.script.parent / "inputs").mkdir(exist_ok=True)
    for name, path in scene.inputs.items():
        link = scene.script.parent / "inputs" / name
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    return lambda limits: render_command(python, str(scene.script), limits)


def job_env(workload: Workload, python: Interpreter) -> dict[str, str]:
    """All that the job finds in its environment; nothing of ours."""
    path = {"PATH": f"{Path(python.executable).parent}:/usr/bin:/bin"}
    cpus = workload.limits.cpus
    threads = {"OMP_NUM_THREADS": str(max(1, math.ceil(cpus)))} if cpus else {}
    return {**path, **_ENV, **_OFFLINE, **_WAITING, **threads, **workload.env}


def _give_to_nobody(scene: Scene) -> None:
    """Root's job runs as the machine's nobody, who has to read its files and write its outputs."""
    os.chown(scene.outputs, int(NOBODY), int(NOBODY))
    for file in (scene.script, scene.passwd):
        file.chmod(0o644)
    for name, path in scene.inputs.items():
        closed = next((item for item in (path, *path.rglob("*")) if not _is_open_to_all(item)), None)
        if closed is not None:
            raise UsageError(
                f"the input {name} can't be read by the job, which runs as nobody: {closed}",
                advice=f"chmod -R a+rX {path}",
            )


def _is_open_to_all(item: Path) -> bool:
    mode = item.stat().st_mode if item.exists() else 0o7
    return mode & 0o5 == 0o5 if item.is_dir() else bool(mode & 0o4)


def _rlimits(limits: WorkloadLimits, ceilings: Ceilings, grouped: bool) -> dict[str, int]:
    """Address space is not among them: torch reserves far more of it than it uses. Without a control group the data
    of each process is bounded instead."""
    disk = (limits.disk_mb or ceilings.disk_mb) * 2**20
    memory = {} if grouped else {"DATA": (limits.memory_mb or ceilings.memory_mb) * 2**20}
    cpu = {"CPU": limits.cpu_seconds} if limits.cpu_seconds else {}
    return {"CORE": 0, "FSIZE": disk, "NOFILE": _FILES, "NPROC": ceilings.pids, **memory, **cpu}


def _groups(limits: WorkloadLimits, ceilings: Ceilings) -> bool:
    parents = find_parents()
    if os.geteuid() == 0 and "pids" not in parents:
        raise UsageError(
            "a job that root runs can't be held to a number of processes: no control group can be made here",
            advice="Run this as an ordinary user, or where /sys/fs/cgroup is writable.",
        )
    return "memory" in parents


def _check_disk(outputs: Path, need_mb: int) -> None:
    free_mb = shutil.disk_usage(outputs).free // 2**20
    if free_mb < need_mb:
        raise UsageError(
            f"{free_mb} MB are free where outputs are written, and the job may need {need_mb}",
            advice="Free some space, or give the workload a smaller disk_mb.",
        )
