"""What an end says by itself: the supervisor's own acts, the kernel's counter, the exit status."""

import signal

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.workload import Ended, Stopping

STOPPED: dict[Stopping, FailureKind] = {
    "budget": "budget",
    "timeout": "timeout",
    "cancelled": "cancelled",
    "diverged": "numeric_divergence",
    "stalled": "no_progress",
}

SIGNALS: dict[int, FailureKind] = {
    signal.SIGXCPU: "cpu_limit",
    signal.SIGXFSZ: "storage_full",
    signal.SIGTERM: "preempted",
    signal.SIGBUS: "oom_host",
    signal.SIGINT: "cancelled",
    signal.SIGSEGV: "script_error",
    signal.SIGILL: "script_error",
    signal.SIGFPE: "script_error",
}
"""A bus error is a page that could not be had: mostly of shared memory. SIGKILL is not here: it says nothing."""

TIMED_OUT = 124
"""Of `timeout(1)`."""


def classify_acts(ended: Ended) -> tuple[FailureKind, str] | None:
    """What was done to the job by those who know: stronger than all that it says itself."""
    starved = ended.oom_kills > 0 and ended.exit_status != 0
    if ended.stopped_for and not (starved and ended.stopped_for == "stalled"):
        return STOPPED[ended.stopped_for], f"stopped by its supervisor: {ended.stopped_for}"
    if starved:
        return "oom_killed", f"oom_kill {ended.oom_kills}"
    if ended.disk_limited:
        return "storage_full", "the limit of its outputs was passed"
    if ended.cpu_limited:
        return "cpu_limit", "the limit of CPU time was reached"
    return None


def classify_status(exit_status: int | None) -> tuple[FailureKind, str]:
    """The last resort, for a failure without a word."""
    if exit_status is None:
        return "preempted", "the job is gone, and nobody saw it end"
    if exit_status == TIMED_OUT:
        return "timeout", _status(exit_status)
    return SIGNALS.get(signal_of(exit_status), "unknown"), _status(exit_status)


def signal_of(exit_status: int) -> int:
    """The signal that ended it: a shell's 128 + N, Python's -N; 0 is none."""
    return -exit_status if exit_status < 0 else exit_status - 128 if 128 < exit_status < 193 else 0


def _status(exit_status: int) -> str:
    killed = signal_of(exit_status) == signal.SIGKILL
    note = " (killed: out of memory, out of CPU time or by somebody; nothing tells which)" if killed else ""
    return f"exit status {exit_status}{note}"
