"""The only way to the time: a port and the system's own clock."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; a fake one ships in `muster.core.testing.clock`."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some fixed point; never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)  # noqa: TID251

    def monotonic_s(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()
