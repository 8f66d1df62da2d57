"""The one OpenTelemetry instrumentation: spans as every OTLP backend reads them, and Langfuse too.

Where a convention is common, it is used: `gen_ai.*`, `session.id`, `user.id`, `input.value`, `output.value` and the
span's status; `langfuse.*` says only what no convention has a word for. Both sides read the same span.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager

from opentelemetry.context import attach, detach
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind as OtelKind

from muster.core.observability.shown_values import ORDINARY, PROMPTS, STATES, Bounds, shown, shown_field, shown_message
from muster.core.observability.tracing import Level, SpanKind, verdict_on
from muster.core.prompts.ref import PromptRef

Attributes = Mapping[str, str | int | float | tuple[str, ...]]

SCOPE = "muster"
_TYPE = "langfuse.observation.type"
_LEVEL = "langfuse.observation.level"
_STATUS = "langfuse.observation.status_message"
_METADATA = "langfuse.observation.metadata"
_PROMPT = "langfuse.observation.prompt"
_COST = "langfuse.observation.cost_details"
_REQUEST = {
    "provider": "gen_ai.provider.name",
    "max_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
}


class OtelTracer:
    """Satisfies `Tracer`. `about` stands on every span; `after` is the trace that this one goes on from."""

    def __init__(self, provider: TracerProvider, about: Attributes, after: SpanContext | None = None) -> None:
        self._tracer = provider.get_tracer(SCOPE)
        self._about = about
        self._after = [Link(after)] if after else []

    @contextmanager
    def span(self, name: str, *, kind: SpanKind = "span", input: object = None) -> Generator["TracedSpan"]:
        """Open a span below the one that is open here."""
        bounds = PROMPTS if kind == "generation" else ORDINARY
        taken = STATES if kind == "span" else bounds
        attributes = {**self._about, _TYPE: kind, **_operation(name, kind)}
        if input is not None:
            attributes |= _value("input", input, taken)
        block = self._tracer.start_as_current_span(
            name,
            kind=OtelKind.CLIENT if kind == "generation" else OtelKind.INTERNAL,
            attributes=attributes,
            links=self._after if kind == "agent" else [],
            record_exception=False,  # it would send the message as it is
            set_status_on_exception=False,
        )
        with block as span, ExitStack() as left:
            traced = TracedSpan(span, bounds)
            left.push(traced.end)
            yield traced

    def span_id(self) -> str:
        """The id of the span that is open here."""
        context = get_current_span().get_span_context()
        return format_span_id(context.span_id) if context.is_valid else ""

    def traceparent(self) -> str:
        """The span that is open here."""
        return traceparent()

    @contextmanager
    def below(self, traceparent: str) -> Generator[None]:
        """Spans hang below the one that these words mean, if any."""
        parent = parse_traceparent(traceparent)
        if parent is None:
            yield
            return
        token = attach(set_span_in_context(NonRecordingSpan(parent)))
        try:
            yield
        finally:
            detach(token)


class TracedSpan:
    """Satisfies `Span`: writes attributes, redacted and cut."""

    def __init__(self, span: OtelSpan, bounds: Bounds) -> None:
        self._span = span
        self._bounds = bounds

    def output(self, value: object) -> None:
        """What came of it."""
        self._span.set_attributes(_value("output", value, self._bounds))

    def warn(self, message: str) -> None:
        """A level that OpenTelemetry does not have: the status stays unset."""
        self._level("warning", message)

    def fail(self, message: str) -> None:
        """An error, by either side's word."""
        self._level("error", message)
        self._span.set_status(Status(StatusCode.ERROR, shown_message(message)))

    def set(self, **attributes: object) -> None:
        """Facts, as metadata; those of a request that have a common name under that."""
        for name, value in attributes.items():
            self._span.set_attribute(_REQUEST.get(name, f"{_METADATA}.{name}"), _fact(name, value))

    def usage(
        self,
        model: str,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cost_usd: float | None = None,
        prompt: PromptRef | None = None,
    ) -> None:
        """What a generation used; what is not known is left out, never 0."""
        used: dict[str, str | int | float] = {"gen_ai.response.model": model}
        if input_tokens is not None:
            used["gen_ai.usage.input_tokens"] = input_tokens
        if output_tokens is not None:
            used["gen_ai.usage.output_tokens"] = output_tokens
        if cost_usd is not None:
            used |= {"gen_ai.usage.cost": cost_usd, _COST: json.dumps({"total": cost_usd})}
        self._span.set_attributes(used | (_prompt(prompt) if prompt else {}))

    def end(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Its block is left: an exception marks it."""
        if error is None:
            return
        self._span.set_attribute("error.type", type(error).__name__)
        level, message = verdict_on(error)
        (self.fail if level == "error" else self.warn)(message)

    def _level(self, level: Level, message: str) -> None:
        self._span.set_attributes({_LEVEL: level.upper(), _STATUS: shown_message(message)})


def traceparent() -> str:
    """The span that is open here, as W3C writes it; empty where none is."""
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}-01"


def parse_traceparent(text: str) -> SpanContext | None:
    """The place that W3C's words mean; None for anything else."""
    parts = text.strip().split("-")
    if [len(part) for part in parts] != [2, 32, 16, 2]:
        return None
    try:
        context = SpanContext(int(parts[1], 16), int(parts[2], 16), is_remote=True, trace_flags=TraceFlags(1))
    except ValueError:
        return None
    return context if context.is_valid else None


def _operation(name: str, kind: SpanKind) -> dict[str, str]:
    match kind:
        case "generation":  # by convention it is called `chat MODEL`
            return {"gen_ai.operation.name": "chat", "gen_ai.request.model": name.removeprefix("chat ")}
        case "agent":
            return {"gen_ai.operation.name": "invoke_agent"}
        case "tool":
            return {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
        case "retriever":
            return {"gen_ai.operation.name": "retrieval"}
        case _:
            return {}


def _value(side: str, value: object, bounds: Bounds) -> dict[str, str]:
    mime = "text/plain" if isinstance(value, str) else "application/json"
    return {f"{side}.value": shown(value, bounds), f"{side}.mime_type": mime}


def _fact(name: str, value: object) -> str | int | float:
    return value if isinstance(value, bool | int | float) else shown_field(name, value)


def _prompt(prompt: PromptRef) -> dict[str, str | int]:
    """Which prompt it was; Langfuse is pointed to it only where it came from there."""
    said = {"name": prompt.name, "version": prompt.version, "label": prompt.label, "source": prompt.source}
    about: dict[str, str | int] = {f"{_METADATA}.prompt_{key}": value for key, value in said.items()}
    about |= {"gen_ai.prompt.name": prompt.name, f"{_METADATA}.prompt_fallback": prompt.fallback}
    if prompt.source == "langfuse" and not prompt.fallback:
        about |= {f"{_PROMPT}.name": prompt.name, f"{_PROMPT}.version": prompt.version}
    return about
