"""Runs workloads on this machine, in a sandbox: no network, no files of the host, no capabilities, bounded.

A job runs under a small supervisor of its own (`supervisor/`), which outlives aegis; all that is known of it lies in
the job's folder.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload
from muster.aegis.executors.following import Course, Pace, follow_course
from muster.aegis.executors.interpreter import Interpreter, ask_interpreter
from muster.aegis.executors.job_names import check_names
from muster.aegis.executors.sandbox_planning import (
    Ceilings,
    bare_command,
    job_env,
    lay_out,
    make_plan,
    most_memory_mb,
    sandbox_command,
)
from muster.aegis.executors.supervisor.cgroups import remove_left
from muster.aegis.executors.supervisor.logs import read_tail
from muster.aegis.executors.supervisor.plan import Finished, JobFolder, Plan, Started
from muster.aegis.executors.untrusted_files import MetricsFile, copy_files
from muster.core.clock import Clock, SystemClock
from muster.core.errors import ServiceFailureError, SourceError, UsageError
from muster.core.redaction import redact

_TAIL = 8000
_ADVICE = (
    "Install bubblewrap 0.8 or later (`apt-get install bubblewrap`), or pass no_sandbox=True if you trust the model, "
    "the data and the scripts."
)


@dataclass(frozen=True)
class SandboxExecutor:
    """Satisfies `Executor`. `folder` holds a folder a job; `python` runs the workloads, and is not ours.

    With `no_sandbox` a job sees all that its user sees, the network too; its limits stay in force.
    """

    folder: Path
    python: str
    no_sandbox: bool = False
    ceilings: Ceilings = field(default_factory=lambda: Ceilings(memory_mb=most_memory_mb()))
    pace: Pace = field(default_factory=Pace)
    clock: Clock = field(default_factory=SystemClock)
    bwrap: str = "bwrap"

    @property
    def name(self) -> str:
        """Its name in settings and reports."""
        return "sandbox"

    def ready(self) -> str:
        """What jobs run in, for a person. Raises UsageError where no sandbox can be made or no Python runs."""
        around = "no sandbox" if self.no_sandbox else self._sandbox
        return f"{self._interpreter.executable} in {around}"

    def find(self, name: str) -> Job | None:
        """The job, once it was started; whether it still runs is `follow`'s matter."""
        folder = self.folder / name
        return self._job(folder) if (folder / "started.json").exists() else None

    def submit(self, workload: Workload) -> Job:
        """Start it, or find it started. Raises UsageError where no sandbox can be made, ServiceFailureError where its
        supervisor can't start it."""
        check_names(workload)
        if job := self.find(workload.name):
            return job
        folder = self.folder / workload.name
        JobFolder(folder).write_plan(self._plan(folder, workload))
        command = [sys.executable, "-P", "-m", "muster.aegis.executors.supervisor", str(folder)]
        started = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if started.returncode:
            raise ServiceFailureError(f"the job {workload.name} could not be started: {started.stderr[-500:].strip()}")
        return self._job(folder)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        """Watch its folder. Raises ServiceFailureError where the sandbox itself could not be made."""
        folder = JobFolder(Path(job.reference))
        metrics = MetricsFile(folder.path / "outputs")
        course = Course(metrics.more, lambda: _end(folder, job.name), folder.ask_to_stop)
        return follow_course(course, see, self.clock, self.pace)

    def stop(self, job: Job, why: Stopping) -> None:
        """Ask the supervisor, which insists by itself after the grace period."""
        JobFolder(Path(job.reference)).ask_to_stop(why)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        """Copy its plain files. Raises SourceError where the job's folder is gone."""
        outputs = Path(job.reference) / "outputs"
        if not outputs.is_dir():
            raise SourceError(f"the outputs of the job {job.name} are gone: {outputs}")
        return copy_files(outputs, into)

    def _plan(self, folder: Path, workload: Workload) -> Plan:
        if self.no_sandbox:
            scene = lay_out(folder, workload)
            plan = make_plan(workload, scene, self.ceilings, bare_command(self._interpreter, scene))
            return replace(plan, env=tuple(job_env(workload, self._interpreter).items()))
        bwrap = self._sandbox
        scene = lay_out(folder, workload)
        command = sandbox_command(bwrap, self._interpreter, scene, workload)
        return replace(make_plan(workload, scene, self.ceilings, command), sandboxed=True)

    def _job(self, folder: Path) -> Job:
        return Job(executor=self.name, name=folder.name, reference=str(folder))

    @cached_property
    def _interpreter(self) -> Interpreter:
        return ask_interpreter(self.python)

    @cached_property
    def _sandbox(self) -> str:
        """Where bubblewrap is, tried once: kernels and containers can forbid what it needs."""
        path = shutil.which(self.bwrap)
        if path is None:
            raise UsageError("a job can't be run safely here: bubblewrap (bwrap) is not installed", advice=_ADVICE)
        tried = [
            path,
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "true",
        ]
        seen = subprocess.run(tried, capture_output=True, text=True, check=False)
        if seen.returncode:
            raise UsageError(f"a job can't be run safely here: {seen.stderr.strip()[-300:]}", advice=_ADVICE)
        return path


def _end(folder: JobFolder, name: str) -> Ended | None:
    supervised = folder.is_supervised()  # before the end is looked for: it may be written in between
    finished = folder.finished()
    started = folder.started()
    if finished is None:
        return None if supervised else _gone(folder, started)
    if not finished.was_ready and finished.stopped_for is None:
        raise ServiceFailureError(f"the sandbox of the job {name} could not be made: {_tail(folder)[-500:].strip()}")
    return _told(folder, started, finished)


def _gone(folder: JobFolder, started: Started | None) -> Ended:
    """Its supervisor was killed, or the machine went down; the job died with it, and nobody saw how."""
    if started is not None:
        remove_left(folder.path.name, started.supervisor_pid)
    return Ended(exit_status=None, started_at=_at(started), log_tail=_tail(folder))


def _told(folder: JobFolder, started: Started | None, finished: Finished) -> Ended:
    return Ended.model_validate(
        {
            "exit_status": finished.exit_status,
            "stopped_for": finished.stopped_for,
            "oom_kills": finished.oom_kills,
            "cpu_limited": finished.cpu_limited,
            "disk_limited": finished.disk_limited,
            "memory_peak_mb": finished.memory_peak_mb,
            "seconds": finished.seconds,
            "started_at": _at(started),
            "log_tail": _tail(folder),
        }
    )


def _at(started: Started | None) -> datetime | None:
    return datetime.fromtimestamp(started.started_at, UTC) if started else None


def _tail(folder: JobFolder) -> str:
    """Standard error last: an exception's last line is what a diagnosis reads first."""
    texts = (read_tail(folder.path / f"{name}.log", _TAIL) for name in ("stdout", "stderr"))
    return redact("\n".join(text for text in texts if text))
