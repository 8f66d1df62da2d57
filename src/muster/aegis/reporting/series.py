"""What jobs told of themselves, as points to draw: pure, and bounded whatever a job wrote."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from pydantic import ValidationError

from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.workload import Metric

MOST_POINTS = 500
"""Of a curve; more than anybody sees, and a page stays small."""
MOST_LINE = 64 * 1024
MOST_VALUE = 1e12
"""A number beyond it is drawn by nobody."""

_NEVER = datetime.max.replace(tzinfo=UTC)

Point = tuple[float, float]
Points = tuple[Point, ...]


@dataclass(frozen=True)
class Told:
    """A job's curves. Loss by optimizer step; peak memory in MiB by the job's own seconds."""

    job: str
    loss: Points = ()
    eval_loss: Points = ()
    memory: Points = ()
    skipped: int = 0
    """Lines that are no metric."""


def told_by(job: str, lines: bytes) -> Told:
    """The curves of a job's `metrics.jsonl`; what is no metric, or no number that can be drawn, is left out."""
    read = [_metric(line) for line in lines.split(b"\n") if line.strip()]
    metrics = [one for one in read if one is not None]
    began = min((_utc(one.at) for one in metrics), default=_NEVER)
    return Told(
        job=job,
        loss=thinned(_drawn((one.step, one.loss) for one in metrics if one.event == "")),
        eval_loss=thinned(_drawn((one.step, one.loss) for one in metrics if one.event == "eval")),
        memory=thinned(_drawn(((_utc(one.at) - began).total_seconds(), one.memory_mb) for one in metrics)),
        skipped=len(read) - len(metrics),
    )


def spent_by(attempts: Sequence[Attempt]) -> tuple[tuple[str, Points], ...]:
    """`name, points` of each job: dollars of the run so far, by the seconds that all its jobs took."""
    curves: list[tuple[str, Points]] = []
    seconds, usd = 0.0, 0.0
    for one in attempts:
        begin = (seconds, usd)
        seconds, usd = seconds + one.seconds, usd + one.usd
        curves.append((one.name, (begin, (seconds, usd))))
    return tuple(curves)


def thinned(points: Points) -> Points:
    """At most MOST_POINTS of them in their order: the first, the last, and the least and the most of each stretch."""
    if len(points) <= MOST_POINTS:
        return points
    inner, size = points[1:-1], math.ceil((len(points) - 2) / (MOST_POINTS // 2 - 1))
    stretches = (range(start, min(start + size, len(inner))) for start in range(0, len(inner), size))
    kept = chain.from_iterable(_extremes(inner, stretch) for stretch in stretches)
    return (points[0], *(inner[place] for place in kept), points[-1])


def _extremes(points: Points, stretch: range) -> list[int]:
    def height(place: int) -> float:
        return points[place][1]

    return sorted({min(stretch, key=height), max(stretch, key=height)})


def _drawn(pairs: Iterable[tuple[float, float | None]]) -> Points:
    return tuple(_numbers(pairs))


def _numbers(pairs: Iterable[tuple[float, float | None]]) -> Iterator[Point]:
    for x, y in pairs:
        if y is not None and abs(x) < MOST_VALUE and abs(y) < MOST_VALUE:  # false for NaN too
            yield float(x), float(y)


def _metric(line: bytes) -> Metric | None:
    try:
        return Metric.model_validate_json(line) if len(line) <= MOST_LINE else None
    except ValidationError:
        return None


def _utc(at: datetime) -> datetime:
    """A job's time without a zone is taken for UTC: the two kinds can't be compared."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
