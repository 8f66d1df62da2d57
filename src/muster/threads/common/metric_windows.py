"""Metrics that are worked out when somebody asks: how long a service runs, what models cost in the last hour, and which
share of the last minutes failed. A gauge that is set when something happens would stand still when nothing does."""

from collections import deque
from collections.abc import Iterator
from threading import Lock

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from muster.core.clock import Clock, SystemClock
from muster.threads.common.settings import ServiceName

HOUR_S = 3600.0
ERRORS_S = 300.0
"""The window of `error_rate_percentage`."""
_MOST_CALLS = 100_000
_OPERATIONS, _ERRORS = "service_operations_total", "service_errors_total"

Key = tuple[str, str]
Counts = dict[Key, float]
"""By service and error type; an empty error type: all operations."""


class Uptime(Collector):
    """`service_uptime_seconds`, of the services of this process."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._since: dict[ServiceName, float] = {}

    def begin(self, service: ServiceName) -> None:
        """It runs from now on; a second time changes nothing."""
        self._since.setdefault(service, self._clock.monotonic_s())

    def collect(self) -> Iterator[Metric]:
        """Seconds of each."""
        if self._since:
            family = GaugeMetricFamily("service_uptime_seconds", "Seconds since it began.", labels=["service_name"])
            for service, since in dict(self._since).items():
                family.add_metric([service], self._clock.monotonic_s() - since)
            yield family


class HourlyDollars(Collector):
    """`openai_cost_hourly_dollars`: of the calls of the last hour, by model, where the price is known."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._calls: deque[tuple[float, str, float]] = deque(maxlen=_MOST_CALLS)
        self._models: set[str] = set()
        self._lock = Lock()

    def add(self, model: str, usd: float) -> None:
        """One call ended now."""
        with self._lock:
            self._models.add(model)
            self._calls.append((self._clock.monotonic_s(), model, usd))

    def collect(self) -> Iterator[Metric]:
        """A model that was asked before, and not in the last hour, costs 0."""
        with self._lock:
            while self._calls and self._calls[0][0] <= self._clock.monotonic_s() - HOUR_S:
                self._calls.popleft()
            dollars = dict.fromkeys(sorted(self._models), 0.0)
            for _, model, usd in self._calls:
                dollars[model] += usd
        if dollars:
            family = GaugeMetricFamily("openai_cost_hourly_dollars", "Dollars of the last hour.", labels=["model"])
            for model, usd in dollars.items():
                family.add_metric([model], usd)
            yield family


class ErrorRates(Collector):
    """`error_rate_percentage`: of the operations of the last five minutes, 0 to 100.

    Worked out from counters, which know what other processes did, by what they were at the earlier scrapes; the first
    one tells of all the time before it. Without operations in the window nothing is told.
    """

    def __init__(self, counted: CollectorRegistry, clock: Clock | None = None) -> None:
        self._counted = counted
        self._clock = clock or SystemClock()
        self._before: deque[tuple[float, Counts]] = deque([(self._clock.monotonic_s(), {})])
        self._lock = Lock()

    def describe(self) -> Iterator[Metric]:
        """So that a registry does not ask for values when it is made."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        """Each kind of error that was met."""
        with self._lock:
            risen = self._risen(_counts(self._counted))
        family = self._family()
        for (service, error), failed in sorted(risen.items()):
            whole = risen.get((service, ""), 0.0)
            if error and whole > 0:
                family.add_metric([service, error], 100.0 * failed / whole)
        if family.samples:
            yield family

    def _risen(self, now: Counts) -> Counts:
        """Since the newest look that is as old as the window, or the oldest there is."""
        at = self._clock.monotonic_s()
        while len(self._before) > 1 and self._before[1][0] <= at - ERRORS_S:
            self._before.popleft()
        self._before.append((at, now))
        oldest = self._before[0][1]
        return {key: count - oldest.get(key, 0.0) for key, count in now.items()}

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "error_rate_percentage", "Of the last five minutes.", labels=["service_name", "error_type"]
        )


def _counts(registry: CollectorRegistry) -> Counts:
    samples = [one for metric in registry.collect() for one in metric.samples if one.name in (_OPERATIONS, _ERRORS)]
    return {(one.labels["service_name"], one.labels.get("error_type", "")): one.value for one in samples}


UPTIME = Uptime()
HOURLY_DOLLARS = HourlyDollars()
