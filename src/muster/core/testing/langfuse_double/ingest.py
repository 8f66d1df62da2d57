"""Langfuse's route for spans: OTLP as protobuf, packed or not."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from pydantic import JsonValue

from muster.core.testing.langfuse_double.observation import Observation
from muster.core.testing.langfuse_double.wire import Answer, Request, Route, refused

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project


def take_spans(project: Project, request: Request) -> Answer:
    """Keep every span; one with the id of an earlier one takes its place."""
    try:
        asked = ExportTraceServiceRequest.FromString(_unpacked(request))
    except (DecodeError, OSError, EOFError):
        return refused(400, "InvalidRequestError", "Failed to parse OTel Protobuf Trace")
    project.exports.append(str(asked))
    for observation in _observations(asked):
        project.observations[observation.trace_id, observation.id] = observation
    return Answer(200, {})


def _unpacked(request: Request) -> bytes:
    return gzip.decompress(request.body) if request.headers.get("content-encoding") == "gzip" else request.body


def _observations(asked: ExportTraceServiceRequest) -> Iterator[Observation]:
    for of_resource in asked.resource_spans:
        resource = _plain(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield _observation(span, resource)


def _observation(span: Span, resource: Mapping[str, JsonValue]) -> Observation:
    return Observation(
        id=span.span_id.hex(),
        trace_id=span.trace_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=span.name,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        error=span.status.message if span.status.code == Status.STATUS_CODE_ERROR else None,
        attributes=_plain(span.attributes),
        resource=resource,
        links=tuple(link.trace_id.hex() for link in span.links),
    )


def _plain(attributes: Iterable[KeyValue]) -> dict[str, JsonValue]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: AnyValue) -> JsonValue:
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "int_value":
            return value.int_value
        case "double_value":
            return value.double_value
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case _:
            return None


INGEST_ROUTES = (Route("POST", "/api/public/otel/v1/traces", take_spans),)
