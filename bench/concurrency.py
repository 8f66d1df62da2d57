"""What many deployments at once cost: wall and CPU seconds for 1, 10, 50 and 100 runs against one embedded cluster.

Each is the whole run of `nomad-spec deploy --no-questions`, in two processes of many threads. CPU seconds are those of
the runs' processes, without the cluster's own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from muster.nomad.embedded.launch import ensure_cluster, stop_cluster

COUNTS = (1, 10, 50, 100)
PROCESSES = 2
MANY_DEPLOYS = Path(__file__).parents[1] / "tests" / "e2e" / "many_deploys.py"
IMAGES = "images:\n  - {image: 'acme/*', memory_mb: 30, ready_s: 1}\n"
NODES = "nodes:\n" + "".join(f"  - {{name: node-{n}, cpu_mhz: 64000, memory_mb: 131072}}\n" for n in range(3))


def applications(root: Path, count: int) -> list[str]:
    """Folders with a compose file each."""
    folders = [root / f"app-{number:03}" for number in range(count)]
    for folder in folders:
        folder.mkdir()
        (folder / "compose.yaml").write_text(
            f"services:\n  {folder.name}:\n    image: acme/{folder.name}:1\n    ports: ['8080:8080']\n"
        )
    return list(map(str, folders))


def deploy_all(root: Path, sources: list[str]) -> int:
    """Deploy them at once; how many became healthy."""
    command = [sys.executable, str(MANY_DEPLOYS), "images.yaml", "nodes.yaml"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "MUSTER_HOME": str(root / "home")}
    parts = [part for part in (sources[start::PROCESSES] for start in range(PROCESSES)) if part]
    processes = [
        subprocess.Popen([*command, *part], cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
        for part in parts
    ]
    printed = [process.communicate()[0] for process in processes]
    return sum(one["ok"] for text in printed for one in json.loads(text))


def cpu_s() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(count: int) -> tuple[int, float, float]:
    """How many became healthy, wall seconds, CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "images.yaml").write_text(IMAGES)
        (root / "nodes.yaml").write_text(NODES)
        sources, home = applications(root, count), root / "home" / "embedded"
        ensure_cluster(home, images=root / "images.yaml", nodes=root / "nodes.yaml")
        try:
            before, began = cpu_s(), time.monotonic()
            healthy = deploy_all(root, sources)
            return healthy, time.monotonic() - began, cpu_s() - before
        finally:
            stop_cluster(home)


def main() -> None:
    """One row for each count, or for those given as arguments."""
    print(f"{'runs':>5} {'healthy':>8} {'wall s':>8} {'CPU s':>7} {'runs/s':>7} {'CPU s/run':>10}", flush=True)
    for count in map(int, sys.argv[1:] or COUNTS):
        healthy, wall, cpu = measure(count)
        print(f"{count:5} {healthy:8} {wall:8.1f} {cpu:7.1f} {count / wall:7.2f} {cpu / count:10.2f}", flush=True)


if __name__ == "__main__":
    main()
