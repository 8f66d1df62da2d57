"""The scene of a failure: which tasks to suspect, and how a cause is worded about one of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.observing import current
from muster.nomad.domain.outcomes import AllocationReport, Cause, CauseKind, Observation, Remedy, TaskEvent, TaskReport
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec


@dataclass(frozen=True)
class Suspect:
    """One task of an allocation that is not well, with what the job says about it (None: not in the job)."""

    allocation: AllocationReport
    report: TaskReport
    group: GroupSpec | None
    task: TaskSpec | None

    @property
    def name(self) -> str:
        """The task as a human finds it: `group/task`."""
        return f"{self.report.group}/{self.report.task}"

    @property
    def running_badly(self) -> bool:
        """It runs, and the deployment says unhealthy or has not said anything yet."""
        return self.report.state == "running" and self.allocation.healthy is not True

    @property
    def policies(self) -> str:
        """Names of the policies by which it reaches Vault, after a space; empty where it names none."""
        named = self.task.vault.policies if self.task and self.task.vault else ()
        return "".join(f" {name}" for name in named)

    def since_start(self) -> tuple[TaskEvent, ...]:
        """The events after the newest start, newest first: what came before has been overcome."""
        newest_first = self.report.events[::-1]
        starts = [place for place, event in enumerate(newest_first) if event.type == "Started"]
        return newest_first[: starts[0] if starts else None]

    def log(self) -> Iterator[str]:
        """The last lines of both streams, newest first, standard error before standard output."""
        yield from reversed(self.report.stderr_tail)
        yield from reversed(self.report.stdout_tail)

    def blame(
        self,
        kind: CauseKind,
        remedy: Remedy,
        summary: str,
        *,
        advice: str = "",
        facts: dict[str, str] | None = None,
        quotes: tuple[str, ...] = (),
    ) -> Cause:
        """A cause that lies in this task."""
        return Cause(
            kind=kind,
            remedy=remedy,
            summary=summary,
            advice=advice,
            group=self.report.group,
            task=self.report.task,
            facts=facts or {},
            quotes=quotes,
        )


@dataclass(frozen=True)
class Scene:
    """What was observed of which job, and the tasks to suspect, the likeliest first."""

    observation: Observation
    spec: JobSpec
    suspects: tuple[Suspect, ...]


Classifier = Callable[[Scene], Cause | None]


def scene_of(observation: Observation, spec: JobSpec) -> Scene:
    """Find the suspects: failed tasks, then restarting, waiting and running ones of allocations that are not healthy.

    A task that was killed because a sibling failed is no suspect, nor one that ended well. After an auto-revert
    the cluster stops what failed: a task that did not fail then still is one.
    """
    allocations = current(observation) or observation.allocations
    troubled = [one for one in allocations if one.healthy is not True or one.client_status == "failed"]
    suspects = [_suspect(one, report, spec) for one in troubled for report in one.tasks if not _innocent(report)]
    return Scene(observation=observation, spec=spec, suspects=tuple(sorted(suspects, key=_suspicion)))


def each_suspect(judge: Callable[[Suspect], Cause | None]) -> Classifier:
    """A classifier of the first suspect that `judge` finds something on."""

    def classify(scene: Scene) -> Cause | None:
        return next((cause for cause in map(judge, scene.suspects) if cause), None)

    return classify


def overrides_command(suspect: Suspect) -> bool:
    """Whether the job starts something else than the image would."""
    return suspect.task is not None and bool(suspect.task.config.command or suspect.task.config.entrypoint)


def _suspect(allocation: AllocationReport, report: TaskReport, spec: JobSpec) -> Suspect:
    group = next((one for one in spec.groups if one.name == report.group), None)
    task = next((one for one in group.tasks if one.name == report.task), None) if group else None
    return Suspect(allocation=allocation, report=report, group=group, task=task)


def _innocent(report: TaskReport) -> bool:
    ended_well = report.state == "dead" and not report.failed and report.exit_code == 0
    return ended_well or any(event.type == "Sibling Task Failed" for event in report.events)


def _suspicion(suspect: Suspect) -> tuple[bool, bool, bool]:
    report = suspect.report
    return not report.failed, not report.restarts, report.state == "running"
