"""Launching a workload once and following it under its meter: the same for a training and an evaluation."""

import math
from collections import deque
from collections.abc import Callable

from muster.aegis.context import Context
from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.metering import Watch, affordable_s, decide_stop, spend_usd, tells_progress
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload, WorkloadLimits

PATIENCE_FP16 = 20
"""Reports in a row: the scaler of fp16 skips steps whose gradients overflow."""
SHOWN_EVERY_S = 1.0
_KEPT = 5000


def patience_of(spec: TrainingSpec) -> int:
    """So many reports that are not finite are a divergence."""
    return PATIENCE_FP16 if spec.shape.precision == "fp16" else 1


def launch_once(context: Context, spec: TrainingSpec, launch: Launch) -> Job:
    """The job of that launch: found where an earlier process launched it, else submitted."""
    executor = context.executor(spec.target.executor)
    return executor.find(launch.name) or executor.submit(_workload(context, spec, launch))


def follow_metered(
    context: Context, spec: TrainingSpec, launch: Launch, job: Job, show: Callable[[str], None]
) -> tuple[Ended, float]:
    """The job's end, and the seconds that are paid. The job is ended before it passes what it may cost."""
    watch, began_s = _watch(spec, launch), context.clock.monotonic_s()
    seen, heard_s, shown_s = deque[Metric](maxlen=_KEPT), [began_s], [0.0]

    def elapsed_s() -> float:
        return (context.clock.now() - launch.at).total_seconds()

    def see(metric: Metric) -> Stopping | None:
        now_s = context.clock.monotonic_s()
        if tells_progress(metric):
            seen.append(metric)
            heard_s[0] = now_s
        if metric.event or now_s - shown_s[0] >= SHOWN_EVERY_S:
            show(progress_line(metric, elapsed_s(), launch))
            shown_s[0] = now_s
        return decide_stop(watch, tuple(seen), elapsed_s=elapsed_s(), silent_s=now_s - heard_s[0])

    ended = context.executor(spec.target.executor).follow(job, see)
    return ended, ended.seconds or max(0.0, elapsed_s())


def progress_line(metric: Metric, elapsed_s: float, launch: Launch) -> str:
    """`step 12, loss 2.31, 900 tokens/s, 14 s, $0.01`."""
    loss = f", loss {metric.loss:.4g}" if metric.loss is not None else ""
    speed = f", {metric.tokens / elapsed_s:.0f} tokens/s" if metric.tokens and elapsed_s > 0 else ""
    more = "".join(f" {metric.more[name]}" for name in ("measure", "of") if name in metric.more)
    event = f" ({metric.event}{more})" if metric.event else ""
    return (
        f"step {metric.step}{event}{loss}{speed}, {elapsed_s:.0f} s, ${spend_usd(elapsed_s, launch.usd_per_hour):.2f}"
    )


def _watch(spec: TrainingSpec, launch: Launch) -> Watch:
    return Watch(usd_per_hour=launch.usd_per_hour, max_usd=launch.max_usd, patience=patience_of(spec))


def _workload(context: Context, spec: TrainingSpec, launch: Launch) -> Workload:
    """The executor holds a bound in seconds too, which outlives aegis: just behind the meter's, that says why first."""
    watch, target = _watch(spec, launch), spec.target
    seconds = affordable_s(watch) + watch.look_s
    limits = WorkloadLimits(
        seconds=max(1.0, seconds) if math.isfinite(seconds) else None,
        gpus=0 if target.gpu == "cpu" else target.gpus,
        gpu=target.gpu,
    )
    return Workload(name=launch.name, script=context.workspace.script(launch.name), inputs=launch.inputs, limits=limits)
