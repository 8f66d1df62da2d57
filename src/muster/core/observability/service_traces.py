"""Where the spans of a service go, which has no end as a run has: every thread's, from its start until it stops.

A process that forks must not share threads and connections with its children: each opens its own on its first span.
"""

import logging
import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock, Thread
from weakref import WeakSet

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from muster.core.extras import require
from muster.core.observability.otel_tracer import OtelTracer, traceparent
from muster.core.observability.settings import TraceSettings
from muster.core.observability.span_sending import Sending, in_time
from muster.core.observability.traces import EXIT_S, destinations, resource
from muster.core.observability.tracing import Span, SpanKind, traced_everywhere_by

_log = logging.getLogger(__name__)


@contextmanager
def service_traces(settings: TraceSettings, service: str) -> Generator["ServiceTracer | None"]:
    """Within the block every span of the process goes to the backends that the settings name; none: nothing is done.

    At the end what is left is sent, for EXIT_S at most. A child that exits by itself calls `close` before.
    """
    if not settings.traces:
        yield None
        return
    require("trace", "opentelemetry")
    tracer = ServiceTracer(settings, service)
    with traced_everywhere_by(tracer):
        try:
            yield tracer
        finally:
            tracer.close()


class ServiceTracer:
    """Satisfies `Tracer`."""

    def __init__(self, settings: TraceSettings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._lock = Lock()
        self._opened: tuple[OtelTracer, list[Sending]] | None = None
        _of_this_process.add(self)

    def span(self, name: str, *, kind: SpanKind = "span", input: object = None) -> AbstractContextManager[Span]:
        """Open a span below the one that is open here."""
        return self._tracer().span(name, kind=kind, input=input)

    def span_id(self) -> str:
        """The id of the span that is open here."""
        return self._tracer().span_id()

    def traceparent(self) -> str:
        """The span that is open here."""
        return traceparent()

    def below(self, traceparent: str) -> AbstractContextManager[None]:
        """Spans hang below another process's."""
        return self._tracer().below(traceparent)

    def close(self) -> None:
        """Send what this process has left, for EXIT_S at most; what got lost is a warning in the log."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is None:
            return
        jobs = [Thread(target=one.finish, name=one.service.name, daemon=True) for one in opened[1]]
        late = [f"{job.name} did not take everything within {EXIT_S:.0f} s" for job in in_time(jobs, EXIT_S)]
        for complaint in filter(None, [*late, *(one.complaint() for one in opened[1])]):
            _log.warning("traces: %s", complaint)

    def forget(self) -> None:
        """This is a child now: what was opened is its parent's."""
        self._lock, self._opened = Lock(), None

    def _tracer(self) -> OtelTracer:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened[0]

    def _open(self) -> tuple[OtelTracer, list[Sending]]:
        sendings = [Sending(one) for one in destinations(self._settings)]
        provider = TracerProvider(sampler=ALWAYS_ON, resource=resource(self._service), shutdown_on_exit=False)
        for sending in sendings:
            provider.add_span_processor(sending.processor)
        return OtelTracer(provider, {"langfuse.trace.name": self._service}), sendings


_of_this_process: WeakSet[ServiceTracer] = WeakSet()


def _forget_all() -> None:
    for tracer in _of_this_process:
        tracer.forget()


os.register_at_fork(after_in_child=_forget_all)
