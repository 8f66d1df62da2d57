"""What the event log shows: numbers that are not finite, a loss that explodes, nothing learnt."""

import math
from collections.abc import Sequence
from statistics import median

from muster.aegis.domain.workload import Metric

EXPLODES = 3.0
"""A loss of that many times the least one so far, and above the first, is no noise of small batches."""
FLAT_REPORTS = 30
"""So many reports at least, before a flat loss is called one."""
FROZEN_GRADIENT = 1e-9


def reports(metrics: Sequence[Metric]) -> list[Metric]:
    """Those of training steps: with a loss, a gradient, or a word that one was not finite."""
    steps = (one for one in metrics if one.event in ("", "step"))
    return [one for one in steps if one.loss is not None or one.grad_norm is not None or not one.finite]


def is_finite(metric: Metric) -> bool:
    """Whether every number of the report is one."""
    return metric.finite and all(number is None or math.isfinite(number) for number in (metric.loss, metric.grad_norm))


def find_not_finite(metrics: Sequence[Metric], patience: int = 1) -> str:
    """Says which step began the last `patience` reports that all are not finite; empty: none.

    With fp16 the scaler skips the first steps for gradients that overflow: there `patience` is larger.
    """
    steps = reports(metrics)
    last = steps[-patience:]
    if len(last) < patience or any(is_finite(one) for one in last):
        return ""
    return f"step {last[0].step}: the gradient or the loss is not finite"


def find_zero_loss(metrics: Sequence[Metric]) -> str:
    """A loss of exactly 0 with no gradient at all, from the first report on: every label is masked."""
    steps = reports(metrics)
    if steps and all(one.loss == 0 and is_finite(one) and not one.grad_norm for one in steps):
        return f"steps {steps[0].step} to {steps[-1].step}: the loss is 0 and there is no gradient"
    return ""


def find_explosion(metrics: Sequence[Metric]) -> str:
    """A loss whose last three reports lie far above the least and above the first."""
    losses = [one.loss for one in reports(metrics) if one.loss is not None and is_finite(one)]
    if len(losses) < 6:
        return ""
    least, last = min(losses[:-3]), median(losses[-3:])
    if last > EXPLODES * max(least, 0.1) and last > 1.5 * median(losses[:3]):
        return f"the loss rose from {least:.3g} to {last:.3g}"
    return ""


def find_flat(metrics: Sequence[Metric]) -> str:
    """A loss that ends where it began after many reports, or a gradient that never was one."""
    steps = reports(metrics)
    losses = [one.loss for one in steps if one.loss is not None]
    gradients = [one.grad_norm for one in steps if one.grad_norm is not None]
    if len(losses) < FLAT_REPORTS:
        return ""
    if gradients and max(gradients) < FROZEN_GRADIENT:
        return f"{len(gradients)} reports without any gradient"
    third = len(losses) // 3
    before, after = median(losses[:third]), median(losses[-third:])
    return f"the loss stays: {before:.4g}, then {after:.4g}" if after >= before else ""


def first_bad_step(metrics: Sequence[Metric]) -> int | None:
    """The first step whose report is not finite, or the one after the least loss where the loss explodes after it;
    None: none is bad. Checkpoints before it are good."""
    steps = reports(metrics)
    bad = next((one.step for one in steps if not is_finite(one)), None)
    if bad is not None or not find_explosion(metrics):
        return bad
    told = [one for one in steps if one.loss is not None]
    return min(told, key=lambda one: one.loss or 0.0).step + 1 if told else None
