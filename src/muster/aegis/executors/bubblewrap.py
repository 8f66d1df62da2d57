"""The command line of a sandbox: what a job sees, and nothing else. Pure but for looking at what exists.

bubblewrap 0.8 or later, for `--disable-userns`: a namespace inside would give its capabilities back.
"""

import inspect
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from muster.aegis.executors.interpreter import Interpreter
from muster.aegis.executors.supervisor import inside

NOBODY = "65534"
JOB = "/job"
_TMP_MB = 512
_USER = ("--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY)
_ENOUGH_TO_DROP = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_USER_OF_ROOT = (
    *("--userns", "{user_namespace}", "--cap-drop", "ALL"),
    *(word for capability in _ENOUGH_TO_DROP for word in ("--cap-add", capability)),
)
"""Its namespace is made before (`user_namespace`): the one of bubblewrap would leave the job the host's root."""
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = ("/etc/ld.so.cache", "/etc/alternatives")
_GPU = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset", "/dev/dri", "/dev/kfd")


@dataclass(frozen=True)
class Scene:
    """A job's files on this machine."""

    script: Path
    outputs: Path
    inputs: Mapping[str, Path]
    passwd: Path
    """A user list of one: libraries ask for the name of who runs them."""


def render_sandbox(
    bwrap: str,
    python: Interpreter,
    scene: Scene,
    *,
    env: Mapping[str, str],
    limits: Mapping[str, int],
    as_root: bool,
    gpus: int = 0,
) -> tuple[str, ...]:
    """The whole command. It dies with the supervisor, which enforces the time and the disk: a job that nobody
    watches is none that may go on."""
    return (
        *(bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *(_USER_OF_ROOT if as_root else _USER),
        *("--new-session", "--die-with-parent", "--as-pid-1", "--hostname", "job", "--clearenv"),
        *("--json-status-fd", "{status_fd}"),
        *(word for name, value in env.items() for word in ("--setenv", name, value)),
        *_system(),
        *_devices(gpus),
        *("--proc", "/proc", "--remount-ro", "/proc"),
        *("--perms", "1777", "--size", str(_TMP_MB * 2**20), "--tmpfs", "/tmp"),
        *_interpreter(python),
        *("--ro-bind", str(scene.passwd), "/etc/passwd"),
        *_job(scene),
        *("--remount-ro", "/", "--chdir", JOB, "--"),
        *render_command(python, f"{JOB}/script.py", limits, drop=as_root),
    )


def render_command(
    python: Interpreter, script: str, limits: Mapping[str, int], *, drop: bool = False
) -> tuple[str, ...]:
    """The script, after its limits were set."""
    told = ",".join(f"{name}={value}" for name, value in limits.items())
    code, user = inspect.getsource(inside), "drop" if drop else "keep"
    return (python.executable, "-I", "-c", code, "{ready_fd}", "{alive_fd}", user, told, python.executable, script)


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--perms", "0755", "--dir", "/etc")
    for file in _ETC:
        yield from ("--ro-bind-try", file, file)


def _interpreter(python: Interpreter) -> Iterator[str]:
    """Behind the empty /tmp: one that lies there would be hidden by it."""
    for folder in python.folders:
        if not Path(folder).is_relative_to("/usr"):
            yield from _parents(folder)
            yield from ("--ro-bind", folder, folder)


def _parents(folder: str) -> Iterator[str]:
    """Of a folder that is bound: by itself bubblewrap makes them for their owner alone."""
    for parent in reversed(Path(folder).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))


def _devices(gpus: int) -> Iterator[str]:
    yield from ("--dev", "/dev")
    if gpus:
        for device in (*_GPU, *(str(path) for path in sorted(Path("/dev").glob("nvidia[0-9]*")))):
            yield from ("--dev-bind-try", device, device)
        yield from ("--ro-bind-try", "/sys", "/sys")  # the driver's libraries look for the card there
    yield from ("--perms", "1777", "--size", str(_TMP_MB * 2**20), "--tmpfs", "/dev/shm")
    yield from ("--remount-ro", "/dev")


def _job(scene: Scene) -> Iterator[str]:
    yield from _parents(f"{JOB}/inputs/")
    yield from ("--ro-bind", str(scene.script), f"{JOB}/script.py", "--perms", "0755", "--dir", f"{JOB}/inputs")
    for name, path in scene.inputs.items():
        for source, target in visible_files(path):
            yield from _parents(f"{JOB}/inputs/{name}{target}")
            yield from ("--ro-bind", str(source), f"{JOB}/inputs/{name}{target}")
    yield from ("--bind", str(scene.outputs), f"{JOB}/outputs")


def visible_files(path: Path) -> Iterator[tuple[Path, str]]:
    """What to bind of an input, and where below it: the input itself, or file by file where a folder holds links.

    A model cache's folder links into `blobs` beside it. A link to anywhere else would show the job a file of this
    machine that nobody meant to give, and is left out.
    """
    real = path.resolve()
    if not real.is_dir() or not any(item.is_symlink() for item in real.rglob("*")):
        yield real, ""
        return
    allowed = (real, real.parents[1] / "blobs") if len(real.parents) > 1 else (real,)
    for where, _, names in os.walk(real):
        for name in names:
            item = Path(where, name)
            if item.exists() and any(item.resolve().is_relative_to(folder) for folder in allowed):
                yield item.resolve(), f"/{item.relative_to(real)}"
