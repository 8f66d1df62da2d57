"""How far a job is, by what it tells, for who watches it. Speeds are by the job's own times, without its loading."""

from datetime import datetime

from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.diagnosis import Phase
from muster.aegis.domain.metering import HOUR_S, spend_usd, tells_progress
from muster.aegis.domain.values import Part
from muster.aegis.domain.workload import Metric

QUIET_S = 10.0
"""Without news for that long, it is said that the job lives."""


class Progress(Part):
    """What was told so far. `of` is 0 where nobody says how much there is: steps of a training, measures of an
    evaluation."""

    phase: Phase
    done: int = 0
    of: int = 0
    loss: float | None = None
    memory_mb: float | None = None
    doing: str = ""
    began: Metric | None = None
    """The first word behind the loading."""
    last: Metric | None = None
    """The newest step."""
    heard_at: datetime | None = None
    """The newest word that is more than a sign of life."""

    @property
    def share(self) -> float | None:
        """Done of all, 0 to 1; None where nobody says how much there is."""
        return min(1.0, self.done / self.of) if self.of else None

    @property
    def tokens_per_s(self) -> float | None:
        """Over all steps since it began."""
        seconds = self._seconds
        if self.began is None or self.last is None or seconds <= 0 or self.last.tokens <= self.began.tokens:
            return None
        return (self.last.tokens - self.began.tokens) / seconds

    @property
    def left_s(self) -> float | None:
        """By the speed of all steps since it began; None for an evaluation, whose measures take unlike times."""
        if self.began is None or self.last is None or not self.of or self._seconds <= 0:
            return None
        steps = self.last.step - self.began.step
        return max(0, self.of - self.last.step) * self._seconds / steps if steps > 0 else None

    @property
    def _seconds(self) -> float:
        return (self.last.at - self.began.at).total_seconds() if self.began and self.last else 0.0


def seen(progress: Progress, metric: Metric) -> Progress:
    """With one more line of the job's in it."""
    if not tells_progress(metric):
        return progress.model_copy(update={"memory_mb": metric.memory_mb or progress.memory_mb})
    told = {"heard_at": metric.at, "memory_mb": metric.memory_mb or progress.memory_mb, "doing": metric.event}
    match metric.event:
        case "":
            return progress.model_copy(
                update=told
                | {"done": metric.step, "loss": metric.loss, "last": metric, "began": progress.began or metric}
            )
        case "start":
            most = _count(metric, "max_steps")
            return progress.model_copy(update=told | {"done": metric.step, "of": most, "began": metric})
        case "measure":
            doing = " ".join(str(metric.more[name]) for name in ("measure", "of") if name in metric.more)
            begun = progress.done + 1 if progress.of else 0
            return progress.model_copy(update=told | {"done": begun, "of": _count(metric, "all"), "doing": doing})
        case _:
            return progress.model_copy(update=told)


def progress_line(progress: Progress, at: datetime, launch: Launch) -> str:
    """`train 12 of 100, loss 2.31, 900 tokens/s, 612 MiB, 14 s, $0.01 of $2.00, 40 s left`."""
    elapsed_s = max(0.0, (at - launch.at).total_seconds())
    parts = [
        f"{progress.phase} {progress.done}" + (f" of {progress.of}" if progress.of else ""),
        f"loss {progress.loss:.4g}" if progress.loss is not None else "",
        f"{progress.tokens_per_s:.0f} tokens/s" if progress.tokens_per_s else "",
        f"{progress.memory_mb:.0f} MiB" if progress.memory_mb else "",
        _span(elapsed_s),
        f"${spend_usd(elapsed_s, launch.usd_per_hour):.2f} of ${launch.max_usd:.2f}" if launch.usd_per_hour else "",
        f"{_span(progress.left_s)} left" if progress.left_s is not None else "",
        progress.doing,
        _quiet(progress, at),
    ]
    return ", ".join(part for part in parts if part)


def _quiet(progress: Progress, at: datetime) -> str:
    quiet_s = (at - progress.heard_at).total_seconds() if progress.heard_at else 0.0
    return f"it lives, and has told nothing new for {_span(quiet_s)}" if quiet_s >= QUIET_S else ""


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR_S else f"{seconds / HOUR_S:.1f} h"


def _count(metric: Metric, name: str) -> int:
    """A job's word is not to be trusted: what is no count is none."""
    value = metric.more.get(name)
    return value if isinstance(value, int) and value > 0 else 0
