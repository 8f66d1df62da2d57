"""When time moves. Virtual: it stands still while anybody works, and jumps to the next event once all requests wait.

Real: it follows the wall clock. Either way blocking queries wait here.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from muster.nomad.embedded.host import Host

GRACE_S = 0.02
MISSING_GRACE_S = 0.3
"""How long a client that was just answered may think before time goes on without it."""
TROUBLE_GRACE_S = 1.0
"""How long a client that met a fault may take to come back: others that wait do not drive the time meanwhile."""
REAL_TICK_S = 0.05
STEPS_AT_ONCE = 200


@dataclass(eq=False)
class Waiter:
    """A blocking query or a stream: done when it is ready, or at its deadline; a stream has none."""

    ready: Callable[[], bool]
    deadline_ns: int | None
    done: asyncio.Future[None]


class Pace:
    """Counts requests in flight and lets time go on when all of them wait."""

    def __init__(self, host: Host, *, real_time: bool = False) -> None:
        self.last_request_s = time.monotonic()
        self._host = host
        self._real_time = real_time
        self._ahead_ns = max(0, host.now_ns - time.time_ns())
        """How far a home's time ran ahead of the wall's while it was virtual; real time goes on from there."""
        self._in_flight = 0
        self._trouble_s = float("-inf")
        self._waiters: list[Waiter] = []
        self._crowd = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """How many requests are being answered or wait."""
        return self._in_flight

    def enter(self) -> None:
        """A request came."""
        self._in_flight += 1
        self._note()

    def leave(self) -> None:
        """A request was answered."""
        self._in_flight -= 1
        self._note()

    def trouble(self) -> None:
        """A request met a fault, and will be made again."""
        self._trouble_s = time.monotonic()
        self._arm()

    async def wait(self, ready: Callable[[], bool], wait_ns: int | None) -> None:
        """Hold a blocking query until it is ready or its wait is over, on the cluster's clock; None waits on."""
        if ready():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        deadline_ns = None if wait_ns is None else self._host.now_ns + wait_ns
        waiter = Waiter(ready, deadline_ns, future)
        self._waiters.append(waiter)
        self._arm()
        try:
            await future
        finally:
            if waiter in self._waiters:  # its client went away, after its request was counted out
                self._waiters.remove(waiter)
                self._arm()

    def wake(self) -> int:
        """Let go of the queries that have what they waited for, call it after each write; returns how many."""
        now, before = self._host.now_ns, len(self._waiters)
        for waiter in list(self._waiters):
            over = waiter.deadline_ns is not None and waiter.deadline_ns <= now
            if over or waiter.ready():
                self._waiters.remove(waiter)
                if not waiter.done.done():
                    waiter.done.set_result(None)
        return before - len(self._waiters)

    async def run_real_time(self) -> None:
        """Follow the wall clock until cancelled."""
        while True:
            self.catch_up()
            await asyncio.sleep(REAL_TICK_S)

    def catch_up(self) -> None:
        """In real time: bring the cluster to now."""
        if self._real_time:
            self._host.advance_to(time.time_ns() + self._ahead_ns)
            self.wake()

    def _note(self) -> None:
        self.last_request_s = time.monotonic()
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._real_time and self._all_wait():
            grace_s = GRACE_S if len(self._waiters) >= self._crowd else MISSING_GRACE_S
            grace_s = max(grace_s, self._trouble_s + TROUBLE_GRACE_S - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(grace_s, self._jump)

    def _all_wait(self) -> bool:
        return 0 < self._in_flight == len(self._waiters)

    def _jump(self) -> None:
        """Go from event to event until somebody has an answer; pause now and then to hear new requests."""
        self._timer = None
        self._crowd = len(self._waiters)
        for _ in range(STEPS_AT_ONCE):
            if not self._all_wait():
                return
            next_ns = self._next_ns()
            if next_ns is None:
                return
            self._host.advance_to(next_ns)
            if self.wake():
                self._host.mark()
        self._timer = asyncio.get_running_loop().call_later(0, self._jump)

    def _next_ns(self) -> int | None:
        """When something happens or somebody's wait is over; None when all that wait are streams of a quiet cluster."""
        due = self._host.cluster.agenda.next_ns()
        ends = [waiter.deadline_ns for waiter in self._waiters if waiter.deadline_ns is not None]
        return min([*ends, *([] if due is None else [due])], default=None)
