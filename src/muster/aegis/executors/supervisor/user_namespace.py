"""A user namespace for a sandbox that root starts: its nobody is the machine's nobody.

The namespace that bubblewrap makes by itself maps its one user to whoever started it. For root that is root, who owns
`/dev/null` and `/proc/sys` of the host, and an owner needs no capability to change them.
"""

import ctypes
import os
from pathlib import Path

_NEW_USER = 0x10000000
_MAP = "0 0 1\n65534 65534 1\n"


def open_namespace() -> int:
    """A descriptor of a fresh one, in which no further one can be made. Raises OSError where it can't be had."""
    ready_read, ready_write = os.pipe()
    go_read, go_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _hold(ready_write, go_read)
    try:
        os.close(ready_write)
        if os.read(ready_read, 1) != b"1":
            raise OSError("no user namespace can be made here")
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{pid}/{name}").write_text(_MAP)
        namespace = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        os.write(go_write, b"1")
        return namespace
    finally:
        for descriptor in (ready_read, go_read, go_write):
            os.close(descriptor)
        os.waitpid(pid, 0)


def _hold(ready: int, go: int) -> None:
    """In the child: be the namespace's first process until it is opened. Never returns."""
    if ctypes.CDLL(None).unshare(_NEW_USER) == 0:
        os.write(ready, b"1")
        os.read(go, 1)
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    os._exit(0)
