"""How long the command lines take to start, beside an interpreter that does nothing. Medians of whole processes."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 9
BIN = Path(sys.executable).parent
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "nomad-spec --help": [str(BIN / "nomad-spec"), "--help"],
    "nomad-spec version": [str(BIN / "nomad-spec"), "version"],
    "nomad-spec generate --help": [str(BIN / "nomad-spec"), "generate", "--help"],
    "muster --help": [str(BIN / "muster"), "--help"],
    "muster runs list": [str(BIN / "muster"), "runs", "list"],
}


def seconds(argv: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Run the commands in turn, so that a noisy minute hits all alike."""
    rounds = [{name: seconds(argv) for name, argv in COMMANDS.items()} for _ in range(RUNS + 1)][1:]
    floor = statistics.median(one["python -c pass"] for one in rounds)
    print(f"{'command':30} {'median s':>9} {'max s':>7} {'x python':>9}")
    for name in COMMANDS:
        times = [one[name] for one in rounds]
        median = statistics.median(times)
        print(f"{name:30} {median:9.3f} {max(times):7.3f} {median / floor:9.1f}")


if __name__ == "__main__":
    main()
