"""Following a job to its end, the same for every executor: metrics as they come, heartbeats between, the end."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from muster.aegis.domain.workload import Ended, Metric, Stopping
from muster.aegis.executors.metric_lines import MetricLines, heartbeat
from muster.core.clock import Clock

_KEPT = 200


@dataclass(frozen=True)
class Course:
    """How one executor looks at one job."""

    more: Callable[[], bytes]
    """What `metrics.jsonl` got since the last call; from its start at first."""
    end: Callable[[], Ended | None]
    """None while it runs."""
    stop: Callable[[Stopping], None]
    """Asks it to leave, without waiting."""


@dataclass(frozen=True)
class Pace:
    """How often to look, and how often to say that somebody looks."""

    look_s: float = 0.2
    beat_s: float = 5.0


def follow_course(course: Course, see: Callable[[Metric], Stopping | None], clock: Clock, pace: Pace) -> Ended:
    """Every metric to `see`, its last ones into the end. The end is asked for before the metrics are read, so that
    nothing that was written before it is missed."""
    lines, kept, heard_s = MetricLines(), deque[Metric](maxlen=_KEPT), clock.monotonic_s()
    stopping = False
    while True:
        ended = course.end()
        new = lines.feed(course.more())
        kept.extend(new)
        if ended is None and not new and clock.monotonic_s() - heard_s >= pace.beat_s:
            new = [heartbeat(clock.now(), lines.last_step)]
        heard_s = clock.monotonic_s() if new else heard_s
        reasons: list[Stopping] = [why for metric in new if (why := see(metric)) is not None]
        if ended is not None:
            return ended.model_copy(update={"metrics": tuple(kept)})
        if reasons and not stopping:
            course.stop(reasons[0])
            stopping = True
        time.sleep(pace.look_s)
