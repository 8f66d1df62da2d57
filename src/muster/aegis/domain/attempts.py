"""What a run launches, and what became of it."""

from datetime import datetime

from muster.aegis.domain.diagnosis import Phase
from muster.aegis.domain.values import Part
from muster.aegis.domain.workload import Ended


class Launch(Part):
    """What identifies a workload before it is launched, so that it is found again and launched once."""

    name: str
    phase: Phase
    at: datetime
    max_usd: float
    """What it may cost: it is ended before."""
    usd_per_hour: float
    """Of all its GPUs together."""
    inputs: dict[str, str]
    """Name in the job to a path on this machine."""


class Attempt(Part):
    """A workload that ended."""

    name: str
    phase: Phase
    how: str
    seconds: float
    usd: float
    steps: int = 0
    loss: float | None = None
    memory_peak_mb: float | None = None


def attempt_of(launch: Launch, ended: Ended, seconds: float) -> Attempt:
    """The line that a report has of it. `seconds` are those that are paid."""
    last = next((one for one in reversed(ended.metrics) if one.loss is not None), None)
    return Attempt(
        name=launch.name,
        phase=launch.phase,
        how=how_it_ended(ended),
        seconds=seconds,
        usd=seconds / 3600 * launch.usd_per_hour,
        steps=max((one.step for one in ended.metrics), default=0),
        loss=last.loss if last else None,
        memory_peak_mb=ended.memory_peak_mb,
    )


def how_it_ended(ended: Ended) -> str:
    """In a few words."""
    if ended.stopped_for:
        return f"stopped: {ended.stopped_for}"
    return "gone, nobody knows how" if ended.exit_status is None else f"exit status {ended.exit_status}"


def job_name(run_id: str, phase: Phase, attempt: int) -> str:
    """Unique for the attempt: `RUN-train-1`."""
    return f"{run_id}-{phase}-{attempt}"
