"""The first process inside a sandbox: becomes nobody, sets the limits, runs the script to its end.

Given as text to `python -I -c`, for nothing of muster is visible in there. It is the namespace's first process in place
of bubblewrap's own, whose program would lie within reach at `/proc/1/exe`, outside of what is bound read-only.
Arguments: the descriptor to say "ready" on, the one that the supervisor holds open, `keep` or `drop` (root's sandbox
gives its user up), the limits as `NAME=VALUE,...`, and the command.
"""

import ctypes
import os
import resource
import select
import signal
import sys

_NOBODY = 65534
_DROP_FROM_BOUNDS = 24


def main() -> None:
    """Become nobody where told, then be what reaps."""
    ready_fd, alive_fd = int(sys.argv[1]), int(sys.argv[2])
    user, limits, command = sys.argv[3], sys.argv[4], sys.argv[5:]
    if user == "drop":
        become_nobody()
    script = os.fork()
    if script == 0:
        set_limits(limits)
        os.write(ready_fd, b"1")
        os.close(ready_fd)
        os.close(alive_fd)
        os.execv(command[0], command)
    os.close(ready_fd)
    leave_with(script, alive_fd)


def become_nobody() -> None:
    """For good: no capability can come back, in no program."""
    for capability in range(64):
        ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def set_limits(limits: str) -> None:
    """Five seconds to leave after SIGXCPU; everything else is hard at once."""
    for limit in limits.split(","):
        name, value = limit.split("=")
        soft = int(value)
        hard = soft + 5 if name == "CPU" else soft
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, hard))


def leave_with(script: int, alive_fd: int) -> None:
    """Its exit status, as a shell tells it; what it left running ends with this process. Both end with the supervisor,
    whose end of the pipe closes: the kernel's own signal for that is lost where the user is given up."""
    ended = os.pidfd_open(script)
    while True:
        ready, _, _ = select.select([ended, alive_fd], [], [], 1.0)
        if alive_fd in ready:
            os.kill(script, signal.SIGKILL)
            os._exit(128 + signal.SIGKILL)
        reap(script)


def reap(script: int) -> None:
    """Take the ends of all that ended; leave with the script's."""
    while (found := os.waitpid(-1, os.WNOHANG))[0]:
        if found[0] == script:
            code = os.waitstatus_to_exitcode(found[1])
            os._exit(128 - code if code < 0 else code)


if __name__ == "__main__":
    main()
