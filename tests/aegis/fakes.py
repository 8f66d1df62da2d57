"""What satisfies aegis' ports without running anything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload
from muster.core.errors import SourceError


@dataclass(frozen=True)
class Play:
    """How a job goes: its metrics, its files, its end. A job that never ends by itself waits to be stopped."""

    metrics: tuple[Metric, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    exit_status: int | None = 0
    log_tail: str = ""
    ends: bool = True
    oom_kills: int = 0


@dataclass
class ScriptedExecutor:
    """Satisfies `Executor`: jobs go as their plays say, by the workload's name; others end well and leave nothing."""

    plays: dict[str, Play] = field(default_factory=dict)
    submitted: list[Workload] = field(default_factory=list)
    stopped: dict[str, Stopping] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "sandbox"

    def find(self, name: str) -> Job | None:
        known = any(workload.name == name for workload in self.submitted)
        return Job(executor=self.name, name=name, reference=name) if known else None

    def submit(self, workload: Workload) -> Job:
        if self.find(workload.name) is None:
            self.submitted.append(workload)
        return Job(executor=self.name, name=workload.name, reference=workload.name)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        play = self.plays.get(job.name, Play())
        for metric in play.metrics:
            why = see(metric)
            if why is not None:
                self.stop(job, why)
        if not play.ends and job.name not in self.stopped:
            raise AssertionError(f"{job.name} never ends, and nobody stopped it")
        return Ended(
            exit_status=play.exit_status,
            stopped_for=self.stopped.get(job.name),
            oom_kills=play.oom_kills,
            log_tail=play.log_tail,
            metrics=play.metrics,
        )

    def stop(self, job: Job, why: Stopping) -> None:
        self.stopped.setdefault(job.name, why)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        if self.find(job.name) is None:
            raise SourceError(f"the outputs of the job {job.name} are gone")
        files = self.plays.get(job.name, Play()).files
        for name, content in files.items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes(content)
        return tuple(sorted(files))
