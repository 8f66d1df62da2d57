"""Health checks: each agent registers what it depends on, `muster doctor` asks them all."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from muster.core.errors import MusterError

ANSWER_S = 1.5
"""How long a check waits for an answer: who asks sits before the screen, and what is well answers at once."""


@dataclass(frozen=True)
class Health:
    """What a check found; `advice` says what to do where `ok` is false."""

    ok: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """A named question to the world. `run` may raise a MusterError: that is an answer too."""

    name: str
    run: Callable[[], Health]


def ask_health(check: Check) -> Health:
    """The check's answer; an error becomes an unhealthy one."""
    try:
        return check.run()
    except MusterError as error:
        return Health(ok=False, detail=error.message, advice=error.advice)


def ask_all(checks: Sequence[Check]) -> tuple[Health, ...]:
    """Each check's answer, in their order. They run at once: all dead services together cost one wait."""
    with ThreadPoolExecutor(max_workers=len(checks) or 1) as pool:
        return tuple(pool.map(ask_health, checks))
