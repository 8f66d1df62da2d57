"""Health checks: each agent registers what it depends on, `muster doctor` asks them all."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from muster.core.errors import (
    AccessDeniedError,
    ClusterUnavailableError,
    MusterError,
    ServiceFailureError,
    ServiceTimeoutError,
    TlsError,
    UnreachableError,
    UsageError,
)

ANSWER_S = 1.5
"""How long a check waits for an answer: who asks sits before the screen, and what is well answers at once."""


Status = Literal["ok", "limited", "not ready", "sealed", "away", "slow", "TLS", "denied", "failing", "misconfigured"]
"""How a service is, in a word: `limited` is of use all the same, `not ready` says itself what it lacks."""

_STATUSES: tuple[tuple[type[MusterError], Status], ...] = (
    (UnreachableError, "away"),
    (ServiceTimeoutError, "slow"),
    (TlsError, "TLS"),
    (AccessDeniedError, "denied"),
    (ServiceFailureError, "failing"),
    (ClusterUnavailableError, "failing"),
    (UsageError, "misconfigured"),
)


@dataclass(frozen=True)
class Health:
    """What a check found; `advice` says what to do where it is not well."""

    status: Status
    detail: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return self.status == "ok"


@dataclass(frozen=True)
class Check:
    """A named question to the world. `run` may raise a MusterError: that is an answer too."""

    name: str
    run: Callable[[], Health]
    address: str = ""
    """Where it asks."""


def ask_health(check: Check) -> Health:
    """The check's answer; an error becomes an unhealthy one."""
    try:
        return check.run()
    except MusterError as error:
        return Health(_status(error), detail=error.message, advice=error.advice)


def _status(error: MusterError) -> Status:
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return status
    return "failing"


def ask_all(checks: Sequence[Check]) -> tuple[Health, ...]:
    """Each check's answer, in their order. They run at once: all dead services together cost one wait."""
    with ThreadPoolExecutor(max_workers=len(checks) or 1) as pool:
        return tuple(pool.map(ask_health, checks))
