"""Processes side by side: started, their lines told with their names before them, started again where one dies, and
stopped, each by its id."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import httpx

from muster.core.errors import ServiceTimeoutError, WorkFailedError

_READY_S = 90.0
_LOOK_S = 0.1
_FAREWELL_S = 30.0
MOST_DEATHS = 5
WITHIN_S = 60.0
"""A process that dies more often than that in this time is given up."""
_WRONG_USE = 2
"""An exit code: the same again would end the same."""


@dataclass(frozen=True)
class Process:
    """One to be run. `ready_url` answers 200 once it can work."""

    name: str
    command: Sequence[str]
    ready_url: str


@dataclass
class _Running:
    process: Process
    handle: "subprocess.Popen[str]"
    deaths: deque[float] = field(default_factory=lambda: deque[float](maxlen=MOST_DEATHS + 1))


class Supervisor:
    """Runs its processes in the order given, and stops them in the other one."""

    def __init__(self, processes: Sequence[Process], write: Callable[[str], object]) -> None:
        self._processes, self._write = processes, write
        self._width = max((len(one.name) for one in processes), default=0)
        self._telling = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._ended: SimpleQueue[tuple[str, int]] = SimpleQueue()

    def run(self, when_ready: Callable[[], None]) -> None:
        """Until it is interrupted. Raises WorkFailedError for a process that keeps dying, ServiceTimeoutError for one
        that does not become ready."""
        try:
            for process in self._processes:
                self._running[process.name] = _Running(process, self._start(process))
                self._await_ready(process)
            when_ready()
            while True:
                self._see_to(*self._ended.get())
        finally:
            self._stop()

    def tell(self, name: str, line: str) -> None:
        """A line, with whose it is."""
        with self._telling:
            self._write(f"{name:<{self._width}} | {line}")

    def _start(self, process: Process) -> "subprocess.Popen[str]":
        """In a session of its own: Ctrl-C reaches us, and we say who stops when."""
        handle = subprocess.Popen(
            process.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        for work in (self._pass_on, self._wait_for):
            threading.Thread(target=work, args=(process.name, handle), daemon=True).start()
        return handle

    def _pass_on(self, name: str, handle: "subprocess.Popen[str]") -> None:
        assert handle.stdout is not None
        with handle.stdout as lines:
            for line in lines:
                self.tell(name, line.rstrip("\n"))

    def _wait_for(self, name: str, handle: "subprocess.Popen[str]") -> None:
        code = handle.wait()
        self._ended.put((name, code))

    def _await_ready(self, process: Process) -> None:
        end_s = time.monotonic() + _READY_S
        while not _answers(process.ready_url):
            with suppress(Empty):
                self._see_to(*self._ended.get(timeout=_LOOK_S))
            if time.monotonic() > end_s:
                raise ServiceTimeoutError(
                    f"{process.name} was not ready within {_READY_S:g} s", advice=f"{process.ready_url} says why."
                )
        self.tell(process.name, "ready")

    def _see_to(self, name: str, code: int) -> None:
        running, now_s = self._running[name], time.monotonic()
        running.deaths.append(now_s)
        recent = [at for at in running.deaths if now_s - at < WITHIN_S]
        if code == _WRONG_USE or len(recent) > MOST_DEATHS:
            raise WorkFailedError(f"{name} does not run: it ended with {code}", advice="Its last lines say why.")
        self.tell(name, f"ended with {code}; it is started again")
        running.handle = self._start(running.process)

    def _stop(self) -> None:
        for running in reversed(self._running.values()):
            _end(running.handle)
            self.tell(running.process.name, f"stopped ({running.handle.returncode})")


def _end(handle: "subprocess.Popen[str]") -> None:
    """Politely; then, or when the user does not want to wait, at once."""
    if handle.poll() is not None:
        return
    handle.terminate()
    try:
        handle.wait(_FAREWELL_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        handle.kill()
        handle.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def python_command(*words: str) -> Sequence[str]:
    """This command line again, by the same Python."""
    return (sys.executable, "-P", "-c", "from muster.threads.main import main; main()", *words)
