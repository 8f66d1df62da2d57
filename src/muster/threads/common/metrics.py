"""What the services count and measure: every metric there is, and the functions that feed them with what happened.

No label holds a user's text: personas and models are those that `know` was told, phases, states and the like are
listed here; anything else is counted as `other`. Nothing is told before it happened once. Under prefork the children's
values are files (`metric_sharing`), so a gauge says what becomes of its processes' values.
"""

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Literal, Protocol, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from muster.core.errors import (
    AccessDeniedError,
    BudgetError,
    MusterError,
    ServiceError,
    ServiceTimeoutError,
    TlsError,
    UnreachableError,
)
from muster.threads.common.settings import ServiceName
from muster.threads.common.states import TaskState

Phase = Literal[
    "accept",  # POST /task: from the request, once it was checked, to the stored job
    "queue",  # from when a task was due until a worker took it
    "ingest", "hook", "body", "condense", "guardrail", "format",  # of the persona runtime
    "moderation",  # of words that a person wrote, by the persona runtime
    "publish",  # from the container to the post
    "task",  # from POST /task to the post
]  # fmt: skip
ErrorType = Literal[
    "client_error", "server_error",  # an answer of 4xx, 5xx
    "timeout", "unreachable", "refused", "service_failure", "budget", "failed",
]  # fmt: skip
Step = Literal["write", "moderate", "dedup", "approve", "container", "publish", "lookup"]
StepOutcome = Literal["done", "deferred", "failed", "lost"]
Outcome = Literal["ok", "error"]
QdrantOperation = Literal["create", "upsert", "search", "delete"]
Quality = Literal[
    "brevity",  # share of the platform's characters that is left
    "variety",  # share of its words that are different ones
]
RevenueSource = Literal["ads", "affiliate", "products", "sponsorship", "subscriptions"]
BusinessMetric = Literal["posts_generated_total", "cost_per_post_usd", "cost_per_follow_dollars"]

OTHER = "other"
_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 21_600, 86_400)
_HTTP_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_KNOWN: dict[str, frozenset[str]] = {
    "phase": frozenset(get_args(Phase)),
    "status": frozenset(get_args(TaskState)),
    "service_name": frozenset(get_args(ServiceName)),
    "error_type": frozenset(get_args(ErrorType)),
    "source": frozenset(get_args(RevenueSource)),
    "step": frozenset(get_args(Step)),
    "outcome": frozenset((*get_args(StepOutcome), *get_args(Outcome))),
    "operation": frozenset(get_args(QdrantOperation)),
    "aspect": frozenset(get_args(Quality)),
    "method": frozenset(_METHODS),
    "persona_id": frozenset(),
    "model": frozenset(),
}

disable_created_metrics()
REGISTRY = CollectorRegistry()
"""All of this process; what is served is `metric_serving.exposed`."""


def _histogram(name: str, what: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
    return Histogram(name, what, labels, buckets=buckets, registry=REGISTRY)


def _counter(name: str, what: str, *labels: str) -> Counter:
    return Counter(name, what, labels, registry=REGISTRY)


def _latest(name: str, what: str, *labels: str) -> Gauge:
    return Gauge(name, what, labels, registry=REGISTRY, multiprocess_mode="mostrecent")


_LATENCY = _histogram("request_latency_seconds", "Seconds of each phase of a request.", ("phase",), _REQUEST_S)
_TOKENS = _counter("llm_tokens_total", "Tokens that models read and wrote.", "model")
_POSTS = _counter("posts_generated_total", "Posts, by the state that they came to.", "persona_id", "status")
_ENGAGEMENT = _latest("posts_engagement_rate", "Share of views that became an interaction.", "persona_id")
_REVENUE = _latest("revenue_projection_monthly", "Dollars a month, as projected.", "source")
_BY_PERSONA = {
    "cost_per_post_usd": _latest("cost_per_post_usd", "Dollars of models for each published post.", "persona_id"),
    "cost_per_follow_dollars": _latest("cost_per_follow_dollars", "Dollars spent for each new follower.", "persona_id"),
}
_UNPRICED = _counter("llm_calls_of_unknown_price_total", "Calls whose dollars nobody knows.", "model")
_HTTP = _histogram(
    "http_request_seconds", "Seconds to the first byte of an answer.", ("service_name", "method", "route", "status"),
    _HTTP_S,
)  # fmt: skip
_STEPS = _histogram("task_step_seconds", "Seconds of a worker's step.", ("step", "outcome"), _REQUEST_S)
_QDRANT = _histogram("qdrant_operation_seconds", "Seconds of an operation.", ("operation", "outcome"), _HTTP_S)
_QUALITY = _histogram("content_quality_score", "Of drafts, from 0 to 1, the best.", ("persona_id", "aspect"), _SHARES)
_QUEUE = _latest("celery_queue_depth", "Messages that wait in the queue.", "queue")
_CONNECTIONS = Gauge(
    "database_pool_connections", "Connections to the database: open, and of them in use.", ("state",),
    registry=REGISTRY, multiprocess_mode="livesum",
)  # fmt: skip
_OPERATIONS = _counter("service_operations_total", "Requests and steps: the whole of which errors are.", "service_name")
_ERRORS = _counter("service_errors_total", "Requests and steps that failed.", "service_name", "error_type")


class RecordsOutcome(Protocol):
    """A function that takes how a block ended and how long it took."""

    def __call__(self, outcome: Outcome, seconds: float) -> None:
        """Count it."""
        ...


def know(*, personas: Iterable[str] = (), models: Iterable[str] = ()) -> None:
    """Let these be labels of their own. Called once by a service, with what its settings name."""
    _KNOWN["persona_id"] |= frozenset(personas)
    _KNOWN["model"] |= frozenset(models)


def record_latency(phase: Phase, seconds: float) -> None:
    """How long one phase of one request took."""
    _LATENCY.labels(_label("phase", phase)).observe(seconds)


def record_business_metric(name: BusinessMetric, amount: float = 1, *, persona_id: str, status: str = "") -> None:
    """Posts are added to their counter, costs replace the last ones. `status` is the state that a post came to."""
    persona = _label("persona_id", persona_id)
    if name == "posts_generated_total":
        _POSTS.labels(persona, _label("status", status)).inc(amount)
    else:
        _BY_PERSONA[name].labels(persona).set(amount)


def record_engagement_rate(persona_id: str, interactions: int, views: int) -> None:
    """Of all posts of the persona in the window that was looked at; without views nothing is known."""
    if views > 0:
        _ENGAGEMENT.labels(_label("persona_id", persona_id)).set(interactions / views)


def update_revenue_projection(source: RevenueSource, usd: float) -> None:
    """Dollars a month from one source."""
    _REVENUE.labels(_label("source", source)).set(usd)


def record_tokens(model: str, tokens: int | None, *, price_known: bool) -> None:
    """Of one answer; a number that the server did not tell is not counted."""
    label = _label("model", model)
    if tokens:
        _TOKENS.labels(label).inc(tokens)
    if not price_known:
        _UNPRICED.labels(label).inc()


def record_http(service: ServiceName, method: str, route: str, status: int, seconds: float) -> None:
    """One answer. `route` is its template, never its path."""
    _HTTP.labels(service, _label("method", method), route, str(status)).observe(seconds)
    failed: ErrorType | None = "server_error" if status >= 500 else "client_error" if status >= 400 else None
    record_operation(service, failed)


def record_operation(service: ServiceName, error: ErrorType | None = None) -> None:
    """One request or step, and how it failed: `error_rate_percentage` is the share of these."""
    _OPERATIONS.labels(service).inc()
    if error is not None:
        _ERRORS.labels(service, _label("error_type", error)).inc()


def record_step(step: Step, outcome: StepOutcome, seconds: float) -> None:
    """One step of a task by the worker."""
    _STEPS.labels(_label("step", step), _label("outcome", outcome)).observe(seconds)


def record_qdrant(operation: QdrantOperation, outcome: Outcome, seconds: float) -> None:
    """One operation of the vector store."""
    _QDRANT.labels(_label("operation", operation), outcome).observe(seconds)


def record_quality(persona_id: str, aspect: Quality, score: float) -> None:
    """Of one draft, from 0 to 1, the best."""
    _QUALITY.labels(_label("persona_id", persona_id), _label("aspect", aspect)).observe(score)


def update_queue_depth(queue: str, messages: int) -> None:
    """As the broker says. `queue` is a name of ours."""
    _QUEUE.labels(queue).set(messages)


def count_connections(state: Literal["open", "in_use"], change: Literal[1, -1]) -> None:
    """A connection of this process was opened or closed, taken or given back."""
    _CONNECTIONS.labels(state).inc(change)


def error_type(error: BaseException) -> ErrorType:
    """What an error is counted as."""
    for cls, kind in _ERROR_TYPES:
        if isinstance(error, cls):
            return kind
    return "failed"


_ERROR_TYPES: tuple[tuple[type[MusterError], ErrorType], ...] = (
    (ServiceTimeoutError, "timeout"),
    (UnreachableError, "unreachable"),
    (TlsError, "unreachable"),
    (AccessDeniedError, "refused"),
    (BudgetError, "budget"),
    (ServiceError, "service_failure"),
)
"""The first that fits."""


@contextmanager
def timed(record: RecordsOutcome) -> Generator[None]:
    """Record how long the block took, and `error` where an exception left it."""
    began = time.perf_counter()
    outcome: Outcome = "error"
    try:
        yield
        outcome = "ok"
    finally:
        record(outcome, time.perf_counter() - began)


def _label(name: str, value: str) -> str:
    return value if value in _KNOWN[name] else OTHER
