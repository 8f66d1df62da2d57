"""SIGTERM ends a training with nothing lost: after the step that runs, or at once where none runs yet."""

import os
import signal
from collections.abc import Callable


class Stop:
    """`asked` turns true with the first SIGTERM. Until `training` is set, `leave` is called instead, and status 0."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self.asked = False
        self.training = False
        self._leave = leave
        signal.signal(signal.SIGTERM, self._hear)

    def _hear(self, *_: object) -> None:
        self.asked = True
        if not self.training:
            self._leave()
            os._exit(0)  # imports and loading don't always let an exception through
