"""Clocks that several processes share: leases and pauses of minutes end within a test."""

from datetime import datetime, timedelta

from muster.core.clock import SystemClock

_SYSTEM = SystemClock()


class RacingClock:
    """So many times as fast as the machine's, since a moment that all who share it know."""

    def __init__(self, since: datetime, times: float) -> None:
        self._since, self._times = since, times

    def now(self) -> datetime:
        return self._since + (_SYSTEM.now() - self._since) * self._times

    def monotonic_s(self) -> float:
        return _SYSTEM.monotonic_s() * self._times


class LaterClock:
    """The machine's, so many seconds ahead."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return _SYSTEM.now() + self._ahead

    def monotonic_s(self) -> float:
        return _SYSTEM.monotonic_s() + self._ahead.total_seconds()
