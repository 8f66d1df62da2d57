"""Sandboxes for tests, and small scripts to run in them."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muster.aegis.domain.workload import Ended, Job, Metric, Workload, WorkloadLimits
from muster.aegis.executors.following import Pace
from muster.aegis.executors.sandbox import SandboxExecutor
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.aegis.executors.supervisor.cgroups import find_parents

needs_bwrap = pytest.mark.skipif(
    shutil.which("bwrap") is None and not os.environ.get("CI"),
    reason="bubblewrap is absent (apt-get install bubblewrap); CI always has it",
)
needs_memory_cgroup = pytest.mark.skipif(
    "memory" not in find_parents(), reason="no control group with a memory limit can be made here"
)

WHEN = datetime(2026, 1, 1, tzinfo=UTC)

METRIC = """
import json

def tell(step, **more):
    with open("outputs/metrics.jsonl", "a") as file:
        file.write(json.dumps({"at": "2026-01-01T00:00:00Z", "step": step, **more}) + "\\n")

"""


def sandbox(
    folder: Path, *, grace_s: float = 5.0, beat_s: float = 30.0, no_sandbox: bool = False, python: str = sys.executable
) -> SandboxExecutor:
    return SandboxExecutor(
        folder=folder,
        python=python,
        no_sandbox=no_sandbox,
        ceilings=Ceilings(memory_mb=1024, disk_mb=64, pids=64, grace_s=grace_s, reserve_mb=16),
        pace=Pace(look_s=0.02, beat_s=beat_s),
    )


def run(executor: SandboxExecutor, script: str, *, name: str = "job", **limits: object) -> Ended:
    return executor.follow(submit(executor, script, name=name, **limits), ignore)


def submit(executor: SandboxExecutor, script: str, *, name: str = "job", **limits: object) -> Job:
    return executor.submit(Workload(name=name, script=script, limits=WorkloadLimits.model_validate(limits)))


def ignore(metric: Metric) -> None:
    return None
