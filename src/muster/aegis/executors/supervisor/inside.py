"""The first process inside a sandbox: becomes nobody, sets limits that count per namespace, runs the script to its end.

Given as text to `python -I -c`, for nothing of muster is visible in there. It is the namespace's first process in place
of bubblewrap's own, whose program would lie within reach at `/proc/1/exe`, outside of what is bound read-only.
Arguments: the descriptor to say "ready" on, `keep` or `drop` (root's sandbox gives its user up), the limits as
`NAME=VALUE,...`, and the command.
"""

import ctypes
import os
import resource
import sys

_NOBODY = 65534
_DROP_FROM_BOUNDS = 24


def main() -> None:
    """Become nobody where told, then be what reaps."""
    ready_fd, user, limits, command = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
    if user == "drop":
        become_nobody()
    script = os.fork()
    if script == 0:
        set_limits(limits)
        os.write(ready_fd, b"1")
        os.close(ready_fd)
        os.execv(command[0], command)
    os.close(ready_fd)
    leave_with(script)


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


def leave_with(script: int) -> None:
    """Its exit status, as a shell tells it. What it left running ends with this process."""
    while True:
        pid, status = os.wait()
        if pid == script:
            code = os.waitstatus_to_exitcode(status)
            os._exit(128 - code if code < 0 else code)


if __name__ == "__main__":
    main()
