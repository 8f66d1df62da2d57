"""A control group for one job: memory, processes, CPU share; version 2 and version 1 (one folder per controller)."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_SELF = Path("/proc/self")
_PERIOD_US = 100_000
_CONTROLLERS = ("memory", "pids", "cpu")


@dataclass(frozen=True)
class Limits:
    """What the group may use."""

    memory_mb: int | None
    pids: int
    cpus: float | None


@dataclass(frozen=True)
class Group:
    """The job's own folders, by controller; version 2 has one folder for all of them."""

    version: int
    folders: dict[str, Path]

    def join(self) -> None:
        """Put the calling process into it."""
        for folder in set(self.folders.values()):
            (folder / "cgroup.procs").write_text("0")

    def oom_kills(self) -> int:
        """How many processes the kernel killed for want of memory."""
        folder = self.folders.get("memory")
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        return _count(folder / name, "oom_kill") if folder else 0

    def memory_peak_mb(self) -> float | None:
        """The most it held at a time, page cache included; None where the kernel does not tell."""
        name = "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes"
        with contextlib.suppress(OSError, KeyError, ValueError):
            return int((self.folders["memory"] / name).read_text()) / 2**20
        return None

    def kill_rest(self) -> None:
        """End whatever is left in it, and see it gone: for two seconds at most."""
        until = time.monotonic() + 2
        while (left := self._pids()) and time.monotonic() < until:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def _pids(self) -> set[int]:
        with contextlib.suppress(OSError):
            folder = next(iter(self.folders.values()), Path("/nowhere"))
            return {int(line) for line in (folder / "cgroup.procs").read_text().split()}
        return set()

    def remove(self) -> None:
        """Give the folders back; what still dies in there gets a second."""
        for folder in set(self.folders.values()):
            for _ in range(20):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.05)


def make_group(name: str, limits: Limits, proc: Path = _SELF) -> Group | None:
    """A group below our own, or None where the machine lets us make none with a memory limit."""
    parents = find_parents(proc)
    if "memory" not in parents:
        return None
    version = 2 if (parents["memory"] / "cgroup.controllers").exists() else 1
    folders: dict[str, Path] = {}
    try:
        for controller, parent in parents.items():
            folders[controller] = parent / _folder(name, os.getpid())
            folders[controller].mkdir(exist_ok=True)
        _set_limits(version, folders, limits)
    except OSError:
        Group(version, folders).remove()
        return None
    return Group(version, folders)


def remove_left(name: str, supervisor_pid: int) -> None:
    """End what a killed supervisor left, and give its groups back, where they lie beside where ours would."""
    folders = {controller: parent / _folder(name, supervisor_pid) for controller, parent in find_parents().items()}
    left = Group(1, {controller: folder for controller, folder in folders.items() if folder.is_dir()})
    left.kill_rest()
    left.remove()


def _folder(name: str, supervisor_pid: int) -> str:
    return f"muster-{name}-{supervisor_pid}"


def find_parents(proc: Path = _SELF) -> dict[str, Path]:
    """Where a group of each controller can be made, by controller; empty where nowhere."""
    mounts = [line.split() for line in (proc / "mounts").read_text().splitlines()]
    own = [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
    first = {controller: _v1(controller, mounts, own) for controller in _CONTROLLERS}
    found = {controller: folder for controller, folder in first.items() if folder is not None}
    return found if "memory" in found else _v2(mounts, own)


def _v1(controller: str, mounts: list[list[str]], own: list[list[str]]) -> Path | None:
    for mount in mounts:
        if mount[2] == "cgroup" and controller in mount[3].split(","):
            path = next((path for _, names, path in own if controller in names.split(",")), "/")
            folder = Path(mount[1]) / path.lstrip("/")
            folder = folder if folder.is_dir() else Path(mount[1])  # a container sees its own part as the root
            return folder if os.access(folder, os.W_OK) else None
    return None


def _v2(mounts: list[list[str]], own: list[list[str]]) -> dict[str, Path]:
    """The nearest folder above us that hands out memory: our own holds processes, and so can't have limited parts."""
    for mount in mounts:
        if mount[2] == "cgroup2":
            path = next((path for number, _, path in own if number == "0"), "/")
            root = Path(mount[1])
            here = root / path.lstrip("/")
            for folder in (here, *here.parents):
                if folder.is_relative_to(root) and _hands_out(folder):
                    given = (folder / "cgroup.subtree_control").read_text().split()
                    return {controller: folder for controller in _CONTROLLERS if controller in given}
    return {}


def _hands_out(folder: Path) -> bool:
    control = folder / "cgroup.subtree_control"
    may = os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK)
    return may and control.exists() and "memory" in control.read_text().split()


def _set_limits(version: int, folders: dict[str, Path], limits: Limits) -> None:
    if limits.memory_mb is not None:
        _limit_memory(version, folders["memory"], str(limits.memory_mb * 2**20))
    if "pids" in folders:
        (folders["pids"] / "pids.max").write_text(str(limits.pids))
    if "cpu" in folders and limits.cpus is not None:
        quota = int(limits.cpus * _PERIOD_US)
        if version == 2:
            (folders["cpu"] / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        else:
            (folders["cpu"] / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (folders["cpu"] / "cpu.cfs_quota_us").write_text(str(quota))


def _limit_memory(version: int, folder: Path, most: str) -> None:
    """Swap is none: a job that swaps is slower than one that fails and is repaired."""
    if version == 2:
        (folder / "memory.max").write_text(most)
        with contextlib.suppress(OSError):  # a kernel without swap accounting
            (folder / "memory.swap.max").write_text("0")
    else:
        (folder / "memory.limit_in_bytes").write_text(most)
        with contextlib.suppress(OSError):
            (folder / "memory.memsw.limit_in_bytes").write_text(most)


def _count(file: Path, word: str) -> int:
    with contextlib.suppress(OSError):
        for line in file.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == word:
                return int(value)
    return 0
