"""Runs workloads in sandboxes of Modal, a volume each. Never run against Modal itself: written from SDK 1.6's surface.

What a job wrote becomes visible when Modal commits the volume, every few seconds and at its end. A named sandbox is
found even after it ended.
"""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload
from muster.aegis.executors import remote_start
from muster.aegis.executors.following import Course, Pace, follow_course
from muster.aegis.executors.job_names import check_names
from muster.aegis.executors.modal_account import ModalAccount
from muster.aegis.executors.modal_volume import JobVolume
from muster.aegis.executors.remote_start import TIMED_OUT
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.aegis.executors.supervisor.plan import JobFolder
from muster.core.clock import Clock, SystemClock
from muster.core.errors import UsageError
from muster.core.redaction import redact

_TAIL = 8000
_LONGEST_S = 24 * 3600
"""Modal's own limit."""
_STOP = "import os; os.kill(1, 15)"


@dataclass(frozen=True)
class ModalExecutor:
    """Satisfies `Executor`. `folder` remembers here why a job was stopped."""

    account: ModalAccount
    image: str
    folder: Path
    ceilings: Ceilings
    app: str = "muster-aegis"
    pace: Pace = field(default_factory=lambda: Pace(look_s=5.0))
    clock: Clock = field(default_factory=SystemClock)

    @property
    def name(self) -> str:
        """Its name in settings and reports."""
        return "modal"

    def ready(self) -> str:
        """What it takes, for a person. Raises AccessDeniedError where Modal does not know us."""
        with self.account.mapped("look for our app"):
            try:
                self.account.app(self.app, create=False)
            except self.account.sdk.exception.NotFoundError:
                return f"Modal knows us, and the app {self.app} will be made"
        return f"Modal knows us, and has our app {self.app}"

    def find(self, name: str) -> Job | None:
        """The job, running or ended."""
        with self.account.mapped(f"look for {name}"):
            return self._job(name) if self._sandbox(name) is not None else None

    def submit(self, workload: Workload) -> Job:
        """Bring its inputs into a volume of its own and start it, once. Raises UsageError for a time-out past Modal's
        longest."""
        check_names(workload)
        if self.find(workload.name) is None:
            volume = JobVolume(self.account, workload.name)
            with self.account.mapped(f"start {workload.name}"):
                volume.bring(workload)
                self._create(workload, volume)
        return self._job(workload.name)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        """Ask for the sandbox's status, and read the volume."""
        volume, offset = JobVolume(self.account, job.name), 0

        def more() -> bytes:
            nonlocal offset
            some = volume.read("metrics.jsonl")[offset:]
            offset += len(some)
            return some

        course = Course(more, lambda: self._end(job), lambda why: self.stop(job, why))
        with self.account.mapped(f"tell of {job.name}"):
            return follow_course(course, see, self.clock, self.pace)

    def stop(self, job: Job, why: Stopping) -> None:
        """SIGTERM to its first process; `follow` terminates the sandbox after the grace period."""
        folder = self.folder / job.name
        folder.mkdir(parents=True, exist_ok=True)
        if JobFolder(folder).asked_to_stop() is None:
            JobFolder(folder).ask_to_stop(why)
            (folder / "stopped_at").write_text(self.clock.now().isoformat())
        with self.account.mapped(f"stop {job.name}"):
            sandbox = self._sandbox(job.name)
            if sandbox is not None and sandbox.poll() is None:
                sandbox.exec("python3", "-c", _STOP)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        """Read the plain files of its outputs. Raises SourceError where its volume is gone."""
        with self.account.mapped(f"read the outputs of {job.name}"):
            return JobVolume(self.account, job.name).collect(into)

    def _create(self, workload: Workload, volume: JobVolume) -> None:
        limits = workload.limits
        seconds = limits.seconds or _LONGEST_S - self.ceilings.grace_s
        start: dict[str, Any] = {"folder": "/job", "links": {}, "script": "/job/script.py", "seconds": seconds}
        told = json.dumps({**start, "grace_s": self.ceilings.grace_s})
        if seconds + self.ceilings.grace_s > _LONGEST_S:
            raise UsageError(f"Modal runs a job for {_LONGEST_S} s at most, and {workload.name} may take {seconds} s")
        self.account.sdk.Sandbox.create(
            *("python3", "-c", inspect.getsource(remote_start), told),
            app=self.account.app(self.app, create=True),
            name=workload.name,
            image=self.account.sdk.Image.from_registry(self.image),
            env={"HF_HUB_OFFLINE": "1", **workload.env},
            timeout=int(seconds + self.ceilings.grace_s),
            gpu=f"{limits.gpu}:{limits.gpus}" if limits.gpus else None,
            cpu=limits.cpus,
            memory=limits.memory_mb or self.ceilings.memory_mb,
            block_network=True,
            volumes={"/job": volume.handle},
            client=self.account.client,
        )

    def _end(self, job: Job) -> Ended | None:
        sandbox = self._sandbox(job.name)
        if sandbox is None:
            return Ended(exit_status=None)
        status = sandbox.poll()
        if status is None:
            self._insist(job, sandbox)
            return None
        asked = JobFolder(self.folder / job.name).asked_to_stop() or ("timeout" if status == TIMED_OUT else None)
        text = f"{sandbox.stdout.read()}\n{sandbox.stderr.read()}"
        return Ended.model_validate({"exit_status": status, "stopped_for": asked, "log_tail": redact(text[-_TAIL:])})

    def _insist(self, job: Job, sandbox: Any) -> None:
        asked = self.folder / job.name / "stopped_at"
        grace = timedelta(seconds=self.ceilings.grace_s)
        if asked.exists() and self.clock.now() > datetime.fromisoformat(asked.read_text()) + grace:
            sandbox.terminate()

    def _sandbox(self, name: str) -> Any:
        return self.account.sandbox(self.app, name)

    def _job(self, name: str) -> Job:
        return Job(executor=self.name, name=name, reference=name)
