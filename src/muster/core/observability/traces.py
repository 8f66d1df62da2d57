"""Where the spans of one run go, from its first to its last: opened when it begins, closed within a bounded time."""

import base64
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import format_trace_id, get_current_span

from muster.core.http import Service
from muster.core.observability.otel_tracer import Attributes, OtelTracer, parse_traceparent, traceparent
from muster.core.observability.scores import Score
from muster.core.observability.settings import TraceSettings, parsed_headers
from muster.core.observability.span_sending import Destination, Sending, in_time
from muster.core.version import muster_version

EXIT_S = 5.0
"""How long a run that is done may wait for its last spans to be taken."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """Whose trace it is: the same session for every sitting of a run, a trace for each."""

    session: str
    agent: str
    user: str
    tags: tuple[str, ...]


@dataclass
class Traces:
    """The tracer of one sitting, and the scores that go with it."""

    tracer: OtelTracer
    settings: TraceSettings
    trace_id: str = ""
    scores: tuple[Score, ...] = ()

    def traceparent(self) -> str:
        """Where this trace stands, for the next one to point to."""
        return traceparent()

    def score(self, *scores: Score) -> None:
        """Give the trace that is open here its scores; they are sent with the last spans."""
        self.trace_id, self.scores = format_trace_id(get_current_span().get_span_context().trace_id), scores


@contextmanager
def open_traces(settings: TraceSettings, identity: Identity, *, after: str = "") -> Generator[Traces]:
    """Spans of the block go to every backend that the settings name. `after` is the traceparent of the run's last one.

    At the end what is left is sent, for EXIT_S at most; what got lost is a warning in the log, never an error.
    """
    sendings = [Sending(one) for one in destinations(settings)]
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource("muster"), shutdown_on_exit=False)
    for sending in sendings:
        provider.add_span_processor(sending.processor)
    tracer = OtelTracer(provider, _about(identity), parse_traceparent(after))
    traces = Traces(tracer, settings)
    try:
        yield traces
    finally:
        _close(sendings, traces)


def destinations(settings: TraceSettings) -> tuple[Destination, ...]:
    """The backends that take traces."""
    found: list[Destination] = []
    if settings.langfuse_enabled:
        found.append(_langfuse(settings))
    if endpoint := settings.otel_exporter_otlp_endpoint:
        service = Service("the OTLP backend", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS")
        headers = parsed_headers(settings.otel_exporter_otlp_headers)
        found.append(Destination(service, f"{endpoint}/v1/traces", headers))
    return tuple(found)


def _langfuse(settings: TraceSettings) -> Destination:
    secret = settings.langfuse_secret_key.get_secret_value() if settings.langfuse_secret_key else ""
    key = base64.b64encode(f"{settings.langfuse_public_key}:{secret}".encode()).decode()
    return Destination(
        Service("Langfuse", "LANGFUSE_BASE_URL", "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY"),
        f"{settings.langfuse_base_url}/api/public/otel/v1/traces",
        {"authorization": f"Basic {key}", "x-langfuse-ingestion-version": "4"},  # 4: read at once, not in minutes
    )


def resource(service: str) -> Resource:
    """Who the spans are of."""
    return Resource({"service.name": service, "service.version": muster_version()})


def _about(identity: Identity) -> Attributes:
    return {
        "session.id": identity.session,
        "user.id": identity.user,
        "gen_ai.conversation.id": identity.session,
        "gen_ai.agent.name": identity.agent,
        "langfuse.trace.name": identity.agent,
        "langfuse.trace.tags": identity.tags,
        "langfuse.release": muster_version(),
    }


def _close(sendings: list[Sending], traces: Traces) -> None:
    """Everything at the same time, so that two slow backends take no longer than one."""
    complaints: list[str] = []
    jobs = [Thread(target=one.finish, name=one.service.name, daemon=True) for one in sendings]
    if traces.scores and traces.settings.langfuse_enabled:
        jobs.append(Thread(target=lambda: complaints.append(_send_scores(traces)), name="Langfuse", daemon=True))
    late = {job.name: f"{job.name} did not take everything within {EXIT_S:.0f} s" for job in in_time(jobs, EXIT_S)}
    for complaint in filter(None, [*late.values(), *(one.complaint() for one in sendings), *complaints]):
        _log.warning("traces: %s", complaint)


def _send_scores(traces: Traces) -> str:
    from muster.core.observability.langfuse_scores import send_scores  # slow to load

    return send_scores(traces.settings, traces.trace_id, traces.scores)
