"""Sends finished spans over HTTP as OTLP, from a thread of its own: a run never waits for a backend.

OpenTelemetry's own HTTP exporter takes further headers, proxies and passwords from the environment and from `.netrc`,
so that one backend would get what is meant for another; here each gets what its destination says.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from time import monotonic, sleep

import httpx
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from muster.core.errors import ServiceError, ServiceFailureError, UnreachableError
from muster.core.http import Service, judge_status, mapped_errors

ANSWER_S = 2.0
"""How long a backend may take for one batch."""
_AGAIN_S = 0.3
_BATCH = 64
_EVERY_S = 2.0


@dataclass(frozen=True)
class Destination:
    """A backend: who it is, where it takes traces, and the headers it wants."""

    service: Service
    url: str
    headers: dict[str, str]


class OtlpExporter(SpanExporter):
    """Posts batches; one that fails for a moment is sent once more. Counts what got lost, and remembers why."""

    def __init__(self, destination: Destination) -> None:
        self.lost, self.why = 0, ""
        self._destination = destination
        self._client = httpx.Client(timeout=ANSWER_S, headers=destination.headers, trust_env=False)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send one batch."""
        body = gzip.compress(encode_spans(spans).SerializeToString(), compresslevel=3)
        try:
            self._post_patiently(body)
        except ServiceError as error:
            self.lost, self.why = self.lost + len(spans), error.message
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Drop the connection."""
        self._client.close()

    def _post_patiently(self, body: bytes) -> None:
        try:
            self._post(body)
        except (UnreachableError, ServiceFailureError):
            sleep(_AGAIN_S)
            self._post(body)

    def _post(self, body: bytes) -> None:
        at = self._destination
        with mapped_errors(at.service, f"POST {at.url} of {at.service.name}"):
            answer = self._client.post(
                at.url, content=body, headers={"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
            )
        judge_status(answer, at.service)


class Sending:
    """A destination with the queue before it."""

    def __init__(self, destination: Destination) -> None:
        self.service = destination.service
        self.exporter = OtlpExporter(destination)
        self.processor = BatchSpanProcessor(
            self.exporter,
            max_queue_size=8192,
            schedule_delay_millis=_EVERY_S * 1000,
            max_export_batch_size=_BATCH,
            export_timeout_millis=ANSWER_S * 1000,
        )

    def finish(self) -> None:
        """Send what is left."""
        self.processor.shutdown()

    def complaint(self) -> str:
        """What got lost and why; empty when nothing did."""
        return f"{self.exporter.lost} spans were not taken: {self.exporter.why}" if self.exporter.lost else ""


def in_time(jobs: Sequence[Thread], most_s: float) -> list[Thread]:
    """Run the threads side by side for so long; those that did not end are left behind and die with the process."""
    ends_at = monotonic() + most_s
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(max(0.0, ends_at - monotonic()))
    return [job for job in jobs if job.is_alive()]
