"""What the supervisor is told about a job, and what it tells of it: files in its folder; standard library only."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Plan:
    """How to run one job. Everything that could differ between machines is decided before, by the executor."""

    name: str
    argv: tuple[str, ...]
    """The whole command, sandbox and all; `{status_fd}`, `{ready_fd}`, `{alive_fd}` and `{user_namespace}` in it are
    replaced by descriptors."""
    sandboxed: bool
    outputs: str
    disk_mb: int
    pids: int
    grace_s: float
    """Between SIGTERM and SIGKILL."""
    grouped: bool = True
    """Memory is limited by a control group, which must be made; otherwise the command sets its own limits."""
    memory_mb: int | None = None
    cpus: float | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    env: tuple[tuple[str, str], ...] = ()
    """Of the command itself, where there is no sandbox to set it."""


@dataclass(frozen=True)
class Started:
    """The job runs, under these protections."""

    supervisor_pid: int
    started_at: float
    """Unix time."""
    memory_by: str
    """`cgroup v1`, `cgroup v2` or `rlimit`."""


@dataclass(frozen=True)
class Finished:
    """How it ended, by what the supervisor saw and did."""

    exit_status: int
    """As a shell tells it: 128 + N for signal N."""
    seconds: float
    was_ready: bool
    """False: the sandbox itself could not be made, and the script never ran."""
    stopped_for: str | None = None
    oom_kills: int = 0
    cpu_limited: bool = False
    disk_limited: bool = False
    memory_peak_mb: float | None = None


class JobFolder:
    """The files of one job; each is written once, whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_plan(self, plan: Plan) -> None:
        """Tell the supervisor what to do."""
        _write(self.path / "plan.json", asdict(plan))

    def plan(self) -> Plan:
        """What to do."""
        told: dict[str, Any] = json.loads((self.path / "plan.json").read_text())
        told |= {"argv": tuple(told["argv"]), "env": tuple((name, value) for name, value in told["env"])}
        return Plan(**told)

    def write_started(self, started: Started) -> None:
        """From now on the job is found."""
        _write(self.path / "started.json", asdict(started))

    def started(self) -> Started | None:
        """None: it never was."""
        told = _read(self.path / "started.json")
        return Started(**told) if told is not None else None

    def write_finished(self, finished: Finished) -> None:
        """The last word."""
        _write(self.path / "finished.json", asdict(finished))

    def finished(self) -> Finished | None:
        """None: it runs, or its supervisor died."""
        told = _read(self.path / "finished.json")
        return Finished(**told) if told is not None else None

    def ask_to_stop(self, why: str) -> None:
        """The first reason stands."""
        if not (self.path / "stop.json").exists():
            _write(self.path / "stop.json", {"why": why})

    def asked_to_stop(self) -> str | None:
        """Why, if so."""
        told = _read(self.path / "stop.json")
        return str(told["why"]) if told is not None else None

    def hold(self) -> int | None:
        """Take the job's lock for as long as this process lives; None: another supervisor has it.

        The lock says whether a supervisor lives, whatever became of its process id.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def is_supervised(self) -> bool:
        """Whether a supervisor lives."""
        descriptor = self.hold()
        if descriptor is None:
            return True
        os.close(descriptor)
        return False


def _write(path: Path, what: dict[str, Any]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(what))
    part.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
