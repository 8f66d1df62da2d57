"""How the memory estimator's constants are fitted on published peaks, and how well they do on sources unseen."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from muster.aegis.profilers.published import PublishedRun
from muster.aegis.profilers.vram import Fitted, estimate_memory

NEUTRAL = Fitted(activation=1.0, quantised=1.0, base_gib=0.5)
"""Where every fit begins: what was counted is right."""
STEPS = (0.3, 0.1, 0.03)
UNDER_WEIGHT = 4.0
"""An under-prediction costs a run, an over-prediction a larger GPU: chosen so that few rows are predicted too low."""


@dataclass(frozen=True)
class Quality:
    """Errors are shares of the measured peak; `bias` is the mean of the signed ones."""

    rows: int
    mape: float
    bias: float
    within_15: float
    under_by_10: float
    """Share of rows predicted more than 10 % too low."""


def judge(pairs: Sequence[tuple[float, float]]) -> Quality:
    """Of (estimated, measured) pairs."""
    errors = [(estimated - measured) / measured for estimated, measured in pairs]
    count = max(1, len(errors))
    return Quality(
        rows=len(errors),
        mape=sum(map(abs, errors)) / count,
        bias=sum(errors) / count,
        within_15=sum(abs(error) <= 0.15 for error in errors) / count,
        under_by_10=sum(error < -0.10 for error in errors) / count,
    )


def fit(runs: Sequence[PublishedRun]) -> Fitted:
    """Constants of the least weighted relative error: coordinate by coordinate, steps ever smaller."""
    best, cost = NEUTRAL, _cost(NEUTRAL, runs)
    for step in STEPS:
        improved = True
        while improved:
            improved = False
            for candidate in _neighbours(best, step):
                if (tried := _cost(candidate, runs)) < cost - 1e-9:
                    best, cost, improved = candidate, tried, True
    return best


def _neighbours(around: Fitted, step: float) -> list[Fitted]:
    return [
        replace(around, **{part.name: max(0.0, getattr(around, part.name) + sign * step)})
        for part in fields(Fitted)
        for sign in (1, -1)
    ]


def _cost(fitted: Fitted, runs: Sequence[PublishedRun]) -> float:
    errors = ((estimate(run, fitted) - run.peak_gib) / run.peak_gib for run in runs)
    return sum(error if error > 0 else -UNDER_WEIGHT * error for error in errors) / max(1, len(runs))


def estimate(run: PublishedRun, fitted: Fitted) -> float:
    """The allocated peak of a published run, GiB."""
    return estimate_memory(run.architecture, run.setup, "allocated", fitted).total_gib.mid


def leave_one_source_out(runs: Sequence[PublishedRun]) -> tuple[tuple[PublishedRun, float], ...]:
    """Each run with the estimate of constants that were fitted without its source."""
    found: list[tuple[PublishedRun, float]] = []
    for source in dict.fromkeys(run.source for run in runs):
        fitted = fit([run for run in runs if run.source != source])
        found += [(run, estimate(run, fitted)) for run in runs if run.source == source]
    return tuple(found)
