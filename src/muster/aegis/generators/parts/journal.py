"""Tells what a training does: lines of `metrics.jsonl`, and its end in `result.json`."""

import json
import math
import resource
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ALIVE_S = 15.0


def rss_mb() -> float:
    """Peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Journal:
    """Appends to `metrics.jsonl`; after ALIVE_S without a line a thread writes one with the event `alive`.

    `silent`: this process is not the first of several, and writes nothing.
    """

    def __init__(self, folder: Path, *, silent: bool = False) -> None:
        self.memory_mb: Callable[[], float] = rss_mb
        self._folder, self._silent = folder, silent
        self._began, self._last, self._step, self._tokens = time.monotonic(), 0.0, 0, 0
        self._lock = threading.Lock()
        if not silent:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "result.json").unlink(missing_ok=True)  # of an earlier attempt: it tells nothing of this one
            self._mend()
            threading.Thread(target=self._beat, daemon=True).start()

    def tell(
        self,
        event: str = "",
        *,
        step: int | None = None,
        loss: float | None = None,
        grad_norm: float | None = None,
        learning_rate: float | None = None,
        tokens: int | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        """One line. A number that is not finite is left out, and `finite` is false."""
        self._step = self._step if step is None else step
        self._tokens = self._tokens if tokens is None else tokens
        finite = all(number is None or math.isfinite(number) for number in (loss, grad_norm))
        line = {
            "at": datetime.fromtimestamp(time.time(), UTC).isoformat(),
            "step": self._step,
            "loss": _finite(loss),
            "grad_norm": _finite(grad_norm),
            "finite": finite,
            "learning_rate": _finite(learning_rate),
            "tokens": self._tokens,
            "memory_mb": round(self.memory_mb(), 1),
            "event": event,
            "more": more or {},
        }
        self._append(json.dumps(line, allow_nan=False))

    def end(self, status: str, **facts: Any) -> None:
        """Write `result.json`, whole or not at all. `status`: `finished`, `stopped` or `diverged`."""
        if self._silent:
            return
        seconds = round(time.monotonic() - self._began, 3)
        result = {"status": status, "steps": self._step, "tokens": self._tokens, "seconds": seconds, **facts}
        fresh = self._folder / "result.json.new"
        fresh.write_text(json.dumps(result, indent=2, allow_nan=False) + "\n")
        fresh.replace(self._folder / "result.json")

    def _append(self, line: str) -> None:
        if self._silent:
            return
        with self._lock, (self._folder / "metrics.jsonl").open("a") as file:
            file.write(line + "\n")
            self._last = time.monotonic()

    def _mend(self) -> None:
        """A process that was killed may have left half a line."""
        path = self._folder / "metrics.jsonl"
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            self._append("")

    def _beat(self) -> None:
        while True:
            time.sleep(1.0)
            if time.monotonic() - self._last >= ALIVE_S:
                self.tell("alive")


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
