"""Runs a piece of work again and again in a thread of its own, until it is stopped."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from muster.core.clock import Clock
from muster.core.errors import ServiceError

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 30.0


class Loop:
    """`work` answers how much it did: after some, it is done again at once; after none, or a service that is away, it
    waits. Starts and stops once."""

    def __init__(
        self, name: str, work: Callable[[datetime], int], *, every_s: float, clock: Clock, close: Callable[[], None]
    ) -> None:
        self._name, self._work, self._every_s, self._clock, self._close = name, work, every_s, clock, close
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wanted.set()

    def stop(self, patience_s: float = 15.0) -> None:
        """End after the piece that is being done."""
        self._stopping.set()
        self._wanted.set()
        self._thread.join(patience_s)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                done, failures = self._work(self._clock.now()), 0
            except ServiceError as error:
                done, failures = 0, min(failures + 1, 10)
                _LOG.warning("%s waits: %s", self._name, error.message)
            if not done:
                self._wait(failures)
        self._close()

    def _wait(self, failures: int) -> None:
        if failures:  # nobody wakes what can't work
            self._stopping.wait(min(_LONGEST_PAUSE_S, self._every_s * 2**failures))
        elif not self._stopping.is_set():
            self._wanted.wait(self._every_s)
