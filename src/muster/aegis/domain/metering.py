"""Watching a job while it runs: what it has cost, and whether it is to be ended now."""

import math
from collections.abc import Sequence

from pydantic import Field

from muster.aegis.domain.failures.metrics import find_explosion, find_not_finite, reports
from muster.aegis.domain.values import Part
from muster.aegis.domain.workload import Metric, Stopping

HOUR_S = 3600.0

BEATS = frozenset({"alive", "heartbeat"})


class Watch(Part):
    """The bounds of one attempt. `usd_per_hour` is for all its GPUs together."""

    usd_per_hour: float = Field(ge=0, allow_inf_nan=False)
    max_usd: float = Field(ge=0, allow_inf_nan=False)
    """Of this attempt: its permit."""
    max_seconds: float | None = Field(default=None, gt=0)
    checkpoint_s: float = Field(default=30.0, ge=0)
    """To write a checkpoint and leave, which is paid too."""
    look_s: float = Field(default=10.0, ge=0)
    """Until the watch is asked again, at most."""
    start_s: float = Field(default=900.0, gt=0)
    """Until the first step is told: a model is loaded, data are prepared. An evaluation tells no steps at all."""
    stall_s: float = Field(default=600.0, gt=0)
    """Between two metrics that tell of progress."""
    patience: int = Field(default=1, ge=1)
    """Reports in a row that are not finite: more than 1 for fp16, whose scaler skips steps."""


def tells_progress(metric: Metric) -> bool:
    """Whether it says more than that the process lives: one that hangs goes on saying that."""
    return metric.event not in BEATS


def spend_usd(elapsed_s: float, usd_per_hour: float) -> float:
    """Dollars for that time."""
    return elapsed_s / HOUR_S * usd_per_hour


def affordable_s(watch: Watch) -> float:
    """Seconds after which the job has to be told to leave, so that it is gone before the money is: infinite where
    time costs nothing."""
    if watch.usd_per_hour == 0:
        return math.inf
    return watch.max_usd / watch.usd_per_hour * HOUR_S - watch.checkpoint_s - watch.look_s


def decide_stop(watch: Watch, metrics: Sequence[Metric], *, elapsed_s: float, silent_s: float) -> Stopping | None:
    """Why the job has to end now, or None.

    `silent_s`: since the last metric that `tells_progress`, or since its start.
    """
    if elapsed_s >= affordable_s(watch):
        return "budget"
    if watch.max_seconds is not None and elapsed_s >= watch.max_seconds - watch.checkpoint_s - watch.look_s:
        return "timeout"
    if find_not_finite(metrics, watch.patience) or find_explosion(metrics):
        return "diverged"
    if silent_s > (watch.stall_s if reports(metrics) else watch.start_s):
        return "stalled"
    return None
