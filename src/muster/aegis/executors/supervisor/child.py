"""The job's process: how it begins, how it is told to leave, how all of it is ended."""

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass

from muster.aegis.executors.supervisor.cgroups import Group
from muster.aegis.executors.supervisor.disk import descendants, first_child
from muster.aegis.executors.supervisor.plan import Plan
from muster.aegis.executors.supervisor.user_namespace import open_namespace

USER_NAMESPACE = "{user_namespace}"
"""In the command: a descriptor of a user namespace, to be made."""


@dataclass
class Child:
    """A started command. `init` is the first process of its namespace, or the command itself without a sandbox."""

    process: subprocess.Popen[bytes]
    sandboxed: bool
    ready_fd: int
    status_fd: int
    alive_fd: int
    """Held open for as long as this process lives: the job ends when it closes."""
    _init: int | None = None
    _init_handle: int | None = None

    def init(self) -> int | None:
        """Its process id here; a handle is taken at once, for ids are used again."""
        if not self.sandboxed:
            return self.process.pid
        if self._init is None and (told := _read_nothing_or(self.status_fd)):
            self._init = int(json.loads(told.splitlines()[0])["child-pid"])
            with contextlib.suppress(OSError):
                self._init_handle = os.pidfd_open(self._init)
        return self._init

    def pids(self) -> set[int]:
        """All its processes."""
        init = self.init()
        return descendants(init) if init else set()

    def terminate(self) -> bool:
        """SIGTERM for the script alone, so that it writes a checkpoint and leaves; False: it is not there yet."""
        init = self.init()
        script = first_child(init) if init else None
        if script is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(script, signal.SIGTERM)
        return script is not None

    def kill(self) -> None:
        """End all of it: with its first process the whole namespace goes, without a sandbox the session's group."""
        if self._init_handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_handle, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def was_ready(self) -> bool:
        """Whether the script itself was reached."""
        return bool(_read_nothing_or(self.ready_fd))


def begin(plan: Plan, group: Group | None, folder: str) -> Child:
    """Start the command in its group, its output to pipes, in a session of its own."""
    status_read, status_write = os.pipe()
    ready_read, ready_write = os.pipe()
    alive_read, alive_write = os.pipe()
    given = {"{status_fd}": status_write, "{ready_fd}": ready_write, "{alive_fd}": alive_read}
    if USER_NAMESPACE in plan.argv:
        given[USER_NAMESPACE] = open_namespace()
    process = subprocess.Popen(
        [str(given.get(word, word)) for word in plan.argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(plan.env),
        cwd=folder,
        pass_fds=tuple(given.values()),
        start_new_session=True,
        preexec_fn=group.join if group else None,
    )
    for descriptor in given.values():
        os.close(descriptor)
    os.set_blocking(status_read, False)
    os.set_blocking(ready_read, False)
    return Child(process, plan.sandboxed, ready_read, status_read, alive_write)


def _read_nothing_or(descriptor: int) -> bytes:
    with contextlib.suppress(BlockingIOError):
        return os.read(descriptor, 4096)
    return b""
