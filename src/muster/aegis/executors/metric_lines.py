"""`metrics.jsonl` as it grows: whole lines that are metrics; anything else is no metric and is left out."""

import logging
from datetime import datetime

from pydantic import ValidationError

from muster.aegis.domain.workload import Metric

_LOG = logging.getLogger(__name__)
_LONGEST = 64 * 1024


class MetricLines:
    """Takes bytes as they come. A line that is not yet whole waits; one that is no metric is logged and dropped."""

    def __init__(self) -> None:
        self._rest = b""
        self.last_step = 0

    def feed(self, some: bytes) -> list[Metric]:
        """The metrics that are whole now."""
        *lines, self._rest = (self._rest + some).split(b"\n")
        if len(self._rest) > _LONGEST:
            self._rest = b""
        metrics = [metric for line in lines if (metric := _metric(line)) is not None]
        self.last_step = metrics[-1].step if metrics else self.last_step
        return metrics


def heartbeat(at: datetime, step: int) -> Metric:
    """Says only that the job is being watched: it carries no value."""
    return Metric(at=at, step=step, event="heartbeat")


def _metric(line: bytes) -> Metric | None:
    if not line.strip() or len(line) > _LONGEST:
        return None
    try:
        return Metric.model_validate_json(line)
    except ValidationError as error:
        _LOG.warning("a line of metrics.jsonl is no metric: %s problems", error.error_count())
        return None
