"""`threads up` and its commands as a user runs them: processes, an environment, lines that are waited for."""

import os
import signal
import socket
import subprocess
import sysconfig
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

import httpx

THREADS = Path(sysconfig.get_path("scripts")) / "threads"
PATIENCE_S = 150
METRICS_PORTS = 7


def free_port(following: int = 1) -> int:
    """A port that nobody has, and neither the ones that follow it."""
    while True:
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                for more in range(port + 1, port + following):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", more))
            except OSError:
                continue
            return port


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Nothing of the developer's but PATH."""
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "MUSTER_HOME": str(home), "LC_ALL": "C.UTF-8"}
    return {**own, **settings}


def run(words: list[str], env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(THREADS), *words], env=dict(env), cwd=cwd, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


class Stack:
    """A running `threads up`, on ports of its own."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self.home = home
        self.qdrant_port, self.metrics_port = free_port(), free_port(METRICS_PORTS)
        self.api, self.fake = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        addresses = {
            "ORCHESTRATOR_URL": self.api,
            "PERSONA_RUNTIME_URL": f"http://127.0.0.1:{free_port()}",
            "THREADS_API_URL": self.fake,
            "METRICS_PORT": str(self.metrics_port),
        }
        self.env = environment(home, **addresses, **settings)
        self.process = subprocess.Popen(
            [str(THREADS), "up", "--qdrant-port", str(self.qdrant_port), *words],
            env=self.env, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip())
        self._lines.put(None)

    def wait_for(self, words: str) -> str:
        """The next line that holds them."""
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError("\n".join(["it ended:", *self.said]))

    def threads(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(list(words), self.env, self.home)

    def published(self) -> list[dict[str, str]]:
        return httpx.get(f"{self.fake}/published", params={"limit": 100}, trust_env=False).json()["data"]

    def children(self) -> list[int]:
        """Of `up` itself."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]

    def worker_pid(self) -> int:
        """Of its first worker."""
        found = [pid for pid in self.children() if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return found[0]


@contextmanager
def running_stack(home: Path, *words: str, **settings: str) -> Iterator[Stack]:
    """Ready when the block begins; stopped, if it still runs, when it ends."""
    home.mkdir(exist_ok=True)
    stack = Stack(home, *words, **settings)
    try:
        stack.wait_for("the API is at")
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.process.send_signal(signal.SIGINT)
            stack.process.wait(PATIENCE_S)
