"""One process a GPU: a script starts itself as often as there are GPUs, and is their supervisor."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping


def launch(processes: int, environment: Mapping[str, str]) -> int:
    """Run this script's processes, told their rank by torch's own variables; the exit status of the first that failed.

    SIGTERM is handed on; when one fails the others are killed, for they would wait for it. (torchrun does the same, but
    ends with an error after every SIGTERM.)
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**environment, "WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    started = [_start(rank, shared) for rank in range(processes)]

    def hand_on(*_: object) -> None:
        for one in started:
            one.terminate()

    signal.signal(signal.SIGTERM, hand_on)
    while any(one.poll() is None for one in started) and not any(one.poll() for one in started):
        time.sleep(0.1)
    failed = next((one.returncode for one in started if one.poll()), 0)
    for one in started:
        one.kill()
        one.wait()
    return 128 - failed if failed < 0 else failed


def _start(rank: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    own = {**environment, "RANK": str(rank), "LOCAL_RANK": str(rank)}
    return subprocess.Popen([sys.executable, *sys.argv], env=own)
