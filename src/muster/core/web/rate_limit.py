"""How often somebody may ask: a bucket of tokens each, filled at a steady rate; one token a request."""

import math
from dataclasses import dataclass

from muster.core.clock import Clock

_MOST_BUCKETS = 10_000
BURST_S = 2.0
"""A full bucket holds the requests of so many seconds, and one at least."""


@dataclass
class _Bucket:
    tokens: float
    at_s: float


class RateLimit:
    """Counts in this process alone: with two replicas a key may ask twice as often."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait_s(self, who: str, per_s: float) -> int:
        """Take a token; 0, or in how many whole seconds there is one again."""
        now_s, most = self._clock.monotonic_s(), max(1.0, per_s * BURST_S)
        bucket = self._bucket(who, most, now_s)
        bucket.tokens = min(most, bucket.tokens + (now_s - bucket.at_s) * per_s)
        bucket.at_s = now_s
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / per_s)
        bucket.tokens -= 1
        return 0

    def _bucket(self, who: str, most: float, now_s: float) -> _Bucket:
        """The one asked longest ago goes first: it is full again."""
        bucket = self._buckets.pop(who, None) or _Bucket(most, now_s)
        if len(self._buckets) >= _MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[who] = bucket
        return bucket
