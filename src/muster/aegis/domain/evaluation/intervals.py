"""Confidence intervals, 95 %: of a rate, of the difference of two, of a ratio of perplexities."""

import math
from collections.abc import Sequence
from random import Random

from muster.aegis.domain.estimates import Interval

Z = 1.959964
"""Of the normal distribution, for 95 %."""
RESAMPLES = 1000
MOST_NATS = 700.0
"""exp() of more overflows."""


def wilson(flags: Sequence[bool]) -> Interval:
    """The rate of true ones. Wilson 1927: sound for few rows, and for rates of 0 and 1. Raises ValueError for none."""
    n = len(flags)
    if n == 0:
        raise ValueError("no row to take a rate of")
    rate = sum(flags) / n
    scale = 1 + Z**2 / n
    middle = (rate + Z**2 / (2 * n)) / scale
    half = Z / scale * math.sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2))
    return Interval(low=max(0.0, min(rate, middle - half)), mid=rate, high=min(1.0, max(rate, middle + half)))


def difference(before: Sequence[bool], after: Sequence[bool]) -> Interval:
    """The rate after minus before. Newcombe 1998, method 10, which takes the groups for independent: wider than
    needed for the same rows, never narrower."""
    one, two = wilson(before), wilson(after)
    gain = two.mid - one.mid
    return Interval(
        low=gain - math.hypot(two.mid - two.low, one.high - one.mid),
        mid=gain,
        high=gain + math.hypot(two.high - two.mid, one.mid - one.low),
    )


def perplexity_ratio(before: Sequence[float], after: Sequence[float], weights: Sequence[int], *, seed: int) -> Interval:
    """Perplexity after over before on the same rows, by a paired bootstrap of rows (percentiles)."""
    gains = [(two - one) * weight for one, two, weight in zip(before, after, weights, strict=True)]
    random, rows = Random(seed), range(len(gains))
    drawn = sorted(_mean(gains, weights, random.choices(rows, k=len(gains))) for _ in range(RESAMPLES))
    low, high = drawn[int(RESAMPLES * 0.025)], drawn[int(RESAMPLES * 0.975) - 1]
    return Interval(low=_exp(low), mid=_exp(_mean(gains, weights, rows)), high=_exp(high))


def _mean(gains: Sequence[float], weights: Sequence[int], rows: Sequence[int]) -> float:
    return sum(gains[row] for row in rows) / max(1, sum(weights[row] for row in rows))


def _exp(nats: float) -> float:
    return math.exp(min(nats, MOST_NATS))
