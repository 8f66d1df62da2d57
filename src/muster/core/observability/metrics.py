"""Metrics, counted anew from what the runs have written down: rows, journals and ledgers under one MUSTER_HOME.

Journals and ledgers are only ever appended to, so that a counter never goes back, whichever process counts, and what
a run that crashed did is counted too. Nothing is counted while nobody asks.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from muster.core.clock import SystemClock
from muster.core.errors import RunStateError
from muster.core.llm.ledger import Call, read_calls
from muster.core.observability.run_course import Course, Gate, Outcome, course_of
from muster.core.runs.journal import Journal
from muster.core.runs.row import RunRow
from muster.core.runs.store import RunFolder, RunStore

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_REPAIRS = (0, 1, 2, 3, 5, 10)
# Each is told from an agent's first run on, as 0: Prometheus does not see a counter rise that was not there before.
_GATES: tuple[Gate, ...] = get_args(Gate)
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

disable_created_metrics()  # when we counted says nothing


class RunMetrics:
    """Every metric there is. Counters begin at zero with each of these."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._runs = Counter("muster_runs", "How sittings at runs ended.", ("agent", "outcome"), registry=self.registry)
        self._stored = Gauge(
            "muster_runs_stored", "Runs that are kept, by status.", ("agent", "status"), registry=self.registry
        )
        self._iterations = Histogram(
            "muster_run_iterations",
            "Repairs that runs took until their end.",
            ("agent", "outcome"),
            buckets=_REPAIRS,
            registry=self.registry,
        )
        self._node_seconds = Histogram(
            "muster_node_seconds", "Seconds of a step.", ("agent", "node"), buckets=_SECONDS, registry=self.registry
        )
        self._repairs = self._counter("muster_repairs", "Repairs of what was tried before.", "agent")
        self._gates = self._counter("muster_gates", "Questions to a human, and what became of them.", "agent", "action")
        self._memory_hits = self._counter("muster_memory_hits", "Memories that were of use.", "agent")
        self._calls = self._counter("muster_model_calls", "Requests to models.", "agent", "model", "outcome")
        self._retries = self._counter(
            "muster_model_retries", "Requests that repeat another after trouble.", "agent", "model"
        )
        self._tokens = self._counter("muster_tokens", "Tokens of models.", "agent", "model", "direction")
        self._dollars = self._counter(
            "muster_cost_dollars", "Dollars of models, where the price is known.", "agent", "model", "direction"
        )
        self._unpriced = self._counter(
            "muster_calls_of_unknown_price", "Requests to models whose cost is not known.", "agent", "model"
        )

    def add_run(self, row: RunRow, course: Course) -> None:
        """Count one run."""
        agent = row.agent
        self._stored.labels(agent, row.status).inc()
        for outcome in _OUTCOMES:
            self._runs.labels(agent, outcome).inc(course.outcomes.count(outcome))
        if course.end:
            self._iterations.labels(agent, course.end).observe(course.repairs)
        for node, seconds in course.nodes:
            self._node_seconds.labels(agent, node).observe(seconds)
        for action in _GATES:
            self._gates.labels(agent, action).inc(course.gates.count(action))
        self._repairs.labels(agent).inc(course.repairs)
        self._memory_hits.labels(agent).inc(course.memory_hits)

    def add_call(self, call: Call) -> None:
        """Count one call of a model."""
        model = (call.agent, f"{call.provider}:{call.model}")
        self._calls.labels(*model, call.outcome).inc()
        self._retries.labels(*model).inc(call.attempt > 1)
        self._tokens.labels(*model, "input").inc(call.input_tokens or 0)
        self._tokens.labels(*model, "output").inc(call.output_tokens or 0)
        self._dollars.labels(*model, "input").inc(call.input_usd or 0)
        self._dollars.labels(*model, "output").inc(call.output_usd or 0)
        self._unpriced.labels(*model).inc(call.cost_usd is None)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self.registry)


class StoredRuns(Collector):
    """Counts all runs of a MUSTER_HOME whenever it is asked."""

    def __init__(self, home: Path) -> None:
        self._store = RunStore(home)

    def collect(self) -> Iterator[Metric]:
        """Every metric, as Prometheus' client wants them."""
        yield from self.counted().registry.collect()

    def counted(self) -> RunMetrics:
        """The metrics of now. A run whose row is damaged is left out."""
        metrics = RunMetrics()
        for folder in self._store.folders():
            _count(folder, metrics)
        return metrics


def metrics_text(home: Path) -> str:
    """All metrics in the text form of Prometheus."""
    return generate_latest(StoredRuns(home).counted().registry).decode()


def _count(folder: RunFolder, metrics: RunMetrics) -> None:
    try:
        row = folder.current_row()
    except RunStateError:
        return
    metrics.add_run(row, course_of(Journal(folder.journal, SystemClock()).entries()))
    for call in read_calls(folder.calls):
        metrics.add_call(call)
