"""Tracing is ambient: whoever works opens a span and does not know who listens. Nobody does, unless a tracer is set.

    with span("clone", kind="tool", input=url) as current:
        current.output({"files": 12})

An exception marks the span that it leaves, and passes.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, Protocol

from muster.core.errors import QuitError

if TYPE_CHECKING:
    from muster.core.prompts.ref import PromptRef

SpanKind = Literal["span", "tool", "generation", "agent", "retriever", "event"]
Level = Literal["default", "warning", "error"]


class Span(Protocol):
    """A piece of work while it goes on. Values are redacted and cut to a bounded size by the tracer."""

    def output(self, value: object) -> None:
        """What came of it: a text, or anything that pydantic can write as JSON."""
        ...

    def warn(self, message: str) -> None:
        """It ended, but not as hoped."""
        ...

    def fail(self, message: str) -> None:
        """It failed without an exception."""
        ...

    def set(self, **attributes: object) -> None:
        """Facts about it, each under a name of its own."""
        ...

    def usage(
        self,
        model: str,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cost_usd: float | None = None,
        prompt: PromptRef | None = None,
    ) -> None:
        """What a generation used: the model that answered, tokens and dollars (None: unknown), and whose prompt."""
        ...


class Tracer(Protocol):
    """Takes spans; the one that is open when another begins is its parent."""

    def span(self, name: str, *, kind: SpanKind = "span", input: object = None) -> AbstractContextManager[Span]:
        """Open a span for the length of a block."""
        ...

    def span_id(self) -> str:
        """The id of the span that is open here, for log lines; empty where there is none."""
        ...

    def traceparent(self) -> str:
        """The span that is open here as W3C writes it, for another process; empty where there is none."""
        ...

    def below(self, traceparent: str) -> AbstractContextManager[None]:
        """Within the block, spans hang below another process's; words that mean none change nothing."""
        ...


class _NoSpan:
    """Satisfies `Span`, and is its own block: it remembers nothing, so one is enough."""

    def __enter__(self) -> _NoSpan:
        return self

    def __exit__(self, *left_by: object) -> None: ...

    def output(self, value: object) -> None: ...

    def warn(self, message: str) -> None: ...

    def fail(self, message: str) -> None: ...

    def set(self, **attributes: object) -> None: ...

    def usage(self, model: str, **used: object) -> None: ...


_NO_SPAN = _NoSpan()


class NoTracer:
    """Nobody listens, and that costs nothing."""

    def span(self, name: str, *, kind: SpanKind = "span", input: object = None) -> AbstractContextManager[Span]:
        """A span that forgets."""
        return _NO_SPAN

    def span_id(self) -> str:
        """None is ever open."""
        return ""

    def traceparent(self) -> str:
        """None is ever open."""
        return ""

    def below(self, traceparent: str) -> AbstractContextManager[None]:
        """Nothing hangs anywhere."""
        return nullcontext()


_current: ContextVar[Tracer | None] = ContextVar("tracer", default=None)
_everywhere: list[Tracer] = [NoTracer()]
"""The last one is the tracer of every context that has none of its own."""


def span(name: str, *, kind: SpanKind = "span", input: object = None) -> AbstractContextManager[Span]:
    """Open a span with the tracer of this context, below the span that is open."""
    return _tracer().span(name, kind=kind, input=input)


def span_id() -> str:
    """The id of the span that is open here; empty where nobody traces."""
    return _tracer().span_id()


def traceparent() -> str:
    """The span that is open here as W3C writes it; empty where nobody traces."""
    return _tracer().traceparent()


def below(traceparent: str) -> AbstractContextManager[None]:
    """Within the block, spans hang below the one that another process named."""
    return _tracer().below(traceparent)


@contextmanager
def traced_by(tracer: Tracer) -> Generator[None]:
    """Within the block, and in the threads and tasks that copy its context, spans go to this tracer."""
    before = _current.set(tracer)
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def traced_everywhere_by(tracer: Tracer) -> Generator[None]:
    """Within the block, spans of every thread go to this tracer, unless its context has another: for a service."""
    _everywhere.append(tracer)
    try:
        yield
    finally:
        _everywhere.remove(tracer)


def _tracer() -> Tracer:
    return _current.get() or _everywhere[-1]


def verdict_on(error: BaseException) -> tuple[Level, str]:
    """What an exception makes of the span that it leaves: somebody who left is no failure."""
    left = isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | BrokenPipeError | QuitError)
    said = str(error)
    return "warning" if left else "error", f"{type(error).__name__}: {said}" if said else type(error).__name__
