"""The first process of a job that runs elsewhere: lays out its folder, runs the script, keeps its time.

Given as text to `python -c`, for the images know nothing of muster; standard library only. One argument, JSON: `folder`
(where `inputs` and `outputs` are to be), `links` (name of an input -> where it lies), `script`, `seconds` or null,
`grace_s`. It leaves with the script's status as a shell tells it, and with 124 after a time-out, as timeout(1) does.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

TIMED_OUT = 124


def main() -> None:
    """Lay out, run, leave."""
    told: dict[str, Any] = json.loads(sys.argv[1])
    Path(told["folder"]).mkdir(exist_ok=True)
    os.chdir(told["folder"])
    for name in ("inputs", "outputs"):
        Path(name).mkdir(exist_ok=True)
    for name, place in told["links"].items():
        if not Path("inputs", name).exists():
            Path("inputs", name).symlink_to(place)
    script = subprocess.Popen([sys.executable, "-u", told["script"]])

    def pass_on(signum: int, frame: FrameType | None) -> None:
        script.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    sys.exit(wait(script, told["seconds"], told["grace_s"]))


def wait(script: "subprocess.Popen[bytes]", seconds: float | None, grace_s: float) -> int:
    """Its end, in time or not."""
    try:
        code = script.wait(seconds)
        return 128 - code if code < 0 else code
    except subprocess.TimeoutExpired:
        script.terminate()
    try:
        script.wait(grace_s)
    except subprocess.TimeoutExpired:
        script.kill()
    return TIMED_OUT


if __name__ == "__main__":
    main()
