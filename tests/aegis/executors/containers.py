"""Containers for the doubles: bubblewrap binds what Docker would mount, and the real first process runs in there."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from muster.aegis.executors.supervisor.disk import first_child

_HOST = ("/usr", "/lib", "/lib64", "/bin", sys.prefix, str(Path(sys.base_prefix)))


@dataclass
class Container:
    """`binds` are (source, target); a target's parents are made by who binds. Started once."""

    argv: list[str]
    env: dict[str, str]
    binds: list[tuple[str, str]]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    ended: float = 0.0
    asked: list[str] = field(default_factory=list)

    def start(self) -> None:
        words = [word for source, target in self.binds for word in ("--bind", source, target)]
        system = [word for path in _HOST for word in ("--ro-bind", path, path)]
        env = [word for name, value in self.env.items() for word in ("--setenv", name, value)]
        command = ["bwrap", "--unshare-pid", "--as-pid-1", "--proc", "/proc", "--dev", "/dev"]
        command += ["--tmpfs", "/tmp", *system, *words, *env, "--clearenv", *env, "--", sys.executable, *self.argv[1:]]
        self.began = time.time()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def status(self) -> int | None:
        assert self.process is not None
        status = self.process.poll()
        if status is not None and not self.ended:
            self.ended = time.time()
        return status

    def stop(self, grace_s: float) -> None:
        assert self.process is not None
        until = time.monotonic() + grace_s
        while self.status() is None and (inner := first_child(self.process.pid)) is None:
            time.sleep(0.01)
        while self.status() is None and not self._is_listening(inner):
            time.sleep(0.01)
        if self.status() is None and inner is not None:
            os.kill(inner, signal.SIGTERM)
        while self.status() is None and time.monotonic() < until:
            time.sleep(0.01)
        self.process.kill()
        self.process.wait()
        self.status()

    def _is_listening(self, pid: int | None) -> bool:
        """The first process of a namespace has no default for SIGTERM: before its handler is there, it is deaf."""
        text = Path(f"/proc/{pid}/status").read_text() if Path(f"/proc/{pid}/status").exists() else "SigCgt: ffff"
        caught = int(next(line for line in text.splitlines() if line.startswith("SigCgt")).split()[1], 16)
        return bool(caught & 1 << (signal.SIGTERM - 1))
