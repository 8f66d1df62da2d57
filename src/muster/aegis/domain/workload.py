"""A script that runs elsewhere, and what is known of its end. Training and evaluation are two of these."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from muster.aegis.domain.values import Part

Stopping = Literal["budget", "timeout", "cancelled", "diverged", "stalled"]
"""Why the supervisor itself ended a job."""


class WorkloadLimits(Part):
    """What a job may use at most; None is the executor's own limit."""

    memory_mb: int | None = Field(default=None, ge=64)
    disk_mb: int | None = Field(default=None, ge=16)
    seconds: float | None = Field(default=None, gt=0)
    cpu_seconds: int | None = Field(default=None, gt=0)
    """Of one process, all its threads together."""
    cpus: float | None = Field(default=None, gt=0)
    gpus: int = Field(default=0, ge=0)
    gpu: str = "cpu"


class Workload(Part):
    """A Python script and what it reads. It sees `inputs` read-only under `inputs/NAME`, writes under `outputs/`,
    tells its metrics by lines of `outputs/metrics.jsonl` (`Metric`), and its end by `outputs/result.json`."""

    name: str
    """Unique for the attempt, so that a job that was launched is found again: `RUN-train-1`."""
    script: str
    inputs: dict[str, str] = {}
    """Name in the job to a path on this machine."""
    env: dict[str, str] = {}
    limits: WorkloadLimits = WorkloadLimits()


class Metric(Part):
    """A line of `metrics.jsonl`, by a callback and never parsed from standard output."""

    at: datetime
    step: int
    loss: float | None = None
    grad_norm: float | None = None
    """Not finite is told as None with `finite` false: JSON has no NaN."""
    finite: bool = True
    learning_rate: float | None = None
    tokens: int = 0
    """Seen so far."""
    memory_mb: float | None = None
    event: str = ""
    """`start`, `checkpoint`, `eval`, `end` ...; `heartbeat` is the executor's own and carries no value."""
    more: dict[str, JsonValue] = {}


class Job(Part):
    """A launched workload, by what finds it again after a restart of aegis."""

    executor: str
    name: str
    reference: str
    """The executor's own: a folder, a container, a Nomad job, a Modal call."""


class Ended(Part):
    """How a job ended, by what was seen and not by what its log says."""

    exit_status: int | None
    """None: it is gone and nobody knows."""
    stopped_for: Stopping | None = None
    """What the supervisor itself did."""
    oom_kills: int = 0
    """By the cgroup's counter or the platform."""
    cpu_limited: bool = False
    """It used up its CPU time (RLIMIT_CPU), by the executor's own accounts: the signal is the same as any kill's."""
    disk_limited: bool = False
    """Its outputs passed their limit, and its supervisor ended it."""
    memory_peak_mb: float | None = None
    """The most that all its processes held at a time, page cache included; None where nobody counted."""
    seconds: float = 0.0
    started_at: datetime | None = None
    log_tail: str = ""
    """The end of standard error and output, redacted."""
    metrics: tuple[Metric, ...] = ()
    """The last ones."""
