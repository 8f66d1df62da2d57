"""Launching a workload once and following it under its meter: the same for a training and an evaluation."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from muster.aegis.context import Context
from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.metering import Watch, affordable_s, decide_stop, tells_progress
from muster.aegis.domain.progress import Progress, progress_line, seen
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload, WorkloadLimits

PATIENCE_FP16 = 20
"""Reports in a row: the scaler of fp16 skips steps whose gradients overflow."""
SHOWN_EVERY_S = 1.0
KEPT_EVERY_S = 30.0
"""Of lines that stay: where the output is no terminal, every line does."""
_KEPT = 5000


def patience_of(spec: TrainingSpec) -> int:
    """So many reports that are not finite are a divergence."""
    return PATIENCE_FP16 if spec.shape.precision == "fp16" else 1


@dataclass(frozen=True)
class Shown:
    """How far a job is. `passing`: the next one takes its place, and only a live region shows it."""

    line: str
    share: float | None
    passing: bool


def launch_once(context: Context, spec: TrainingSpec, launch: Launch) -> Job:
    """The job of that launch: found where an earlier process launched it, else submitted."""
    executor = context.executor(spec.target.executor)
    return executor.find(launch.name) or executor.submit(_workload(context, spec, launch))


def follow_metered(
    context: Context, spec: TrainingSpec, launch: Launch, job: Job, show: Callable[[Shown], None]
) -> tuple[Ended, float]:
    """The job's end, and the seconds that are paid. The job is ended before it passes what it may cost."""
    watch, heard_s = _watch(spec, launch), [context.clock.monotonic_s()]
    told, screen = deque[Metric](maxlen=_KEPT), _Screen(context, launch, show)

    def elapsed_s() -> float:
        return (context.clock.now() - launch.at).total_seconds()

    def see(metric: Metric) -> Stopping | None:
        now_s = context.clock.monotonic_s()
        if tells_progress(metric):
            told.append(metric)
            heard_s[0] = now_s
        screen.see(metric, now_s)
        return decide_stop(watch, tuple(told), elapsed_s=elapsed_s(), silent_s=now_s - heard_s[0])

    ended = context.executor(spec.target.executor).follow(job, see)
    return ended, ended.seconds or max(0.0, elapsed_s())


class _Screen:
    """Shows what a job tells: every second at most, and what changes its course at once."""

    def __init__(self, context: Context, launch: Launch, show: Callable[[Shown], None]) -> None:
        self._context, self._launch, self._show = context, launch, show
        self._progress = Progress(phase=launch.phase)
        self._shown_s = self._kept_s = -math.inf

    def see(self, metric: Metric, now_s: float) -> None:
        self._progress = seen(self._progress, metric)
        news = bool(metric.event) and tells_progress(metric)
        if not news and now_s - self._shown_s < SHOWN_EVERY_S:
            return
        passing = not news and now_s - self._kept_s < KEPT_EVERY_S
        line = progress_line(self._progress, self._context.clock.now(), self._launch)
        self._show(Shown(line, self._progress.share, passing))
        self._shown_s, self._kept_s = now_s, self._kept_s if passing else now_s


def _watch(spec: TrainingSpec, launch: Launch) -> Watch:
    return Watch(usd_per_hour=launch.usd_per_hour, max_usd=launch.max_usd, patience=patience_of(spec))


def _workload(context: Context, spec: TrainingSpec, launch: Launch) -> Workload:
    """The executor holds a bound in seconds too, which outlives aegis: just behind the meter's, that says why first."""
    watch, target = _watch(spec, launch), spec.target
    seconds = affordable_s(watch) + watch.look_s
    limits = WorkloadLimits(
        seconds=max(1.0, seconds) if math.isfinite(seconds) else None,
        memory_mb=target.memory_mb,
        disk_mb=target.disk_mb,
        gpus=0 if target.gpu == "cpu" else target.gpus,
        gpu=target.gpu,
    )
    return Workload(name=launch.name, script=context.workspace.script(launch.name), inputs=launch.inputs, limits=limits)
