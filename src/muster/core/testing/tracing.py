"""A tracer that remembers the tree of spans."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from muster.core.observability.tracing import Level, SpanKind, verdict_on

if TYPE_CHECKING:
    from muster.core.prompts.ref import PromptRef


@dataclass(frozen=True)
class RecordedUsage:
    """What a generation said it used."""

    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    prompt: PromptRef | None


@dataclass
class RecordedSpan:
    """Satisfies `Span`: keeps what it is told, as it is told."""

    name: str
    kind: SpanKind
    input: object
    said: object = None
    level: Level = "default"
    message: str = ""
    attributes: dict[str, object] = field(default_factory=dict[str, object])
    used: RecordedUsage | None = None
    children: list[RecordedSpan] = field(default_factory=lambda: list[RecordedSpan]())
    ended: bool = False

    def output(self, value: object) -> None:
        """Keep what came of it."""
        self.said = value

    def warn(self, message: str) -> None:
        """Keep the warning."""
        self.level, self.message = "warning", message

    def fail(self, message: str) -> None:
        """Keep the failure."""
        self.level, self.message = "error", message

    def set(self, **attributes: object) -> None:
        """Keep the facts."""
        self.attributes |= attributes

    def usage(
        self,
        model: str,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cost_usd: float | None = None,
        prompt: PromptRef | None = None,
    ) -> None:
        """Keep what was used."""
        self.used = RecordedUsage(model, input_tokens, output_tokens, cost_usd, prompt)

    def end(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Its block is left, by an exception or not."""
        self.ended = True
        if error is not None:
            self.level, self.message = verdict_on(error)

    def walk(self) -> Iterator[RecordedSpan]:
        """Itself and everything below, in the order of beginning."""
        yield self
        for child in self.children:
            yield from child.walk()

    def tree(self) -> dict[str, object]:
        """The names below: `{"run": {"gather": {}}}` of a run with one step; of two namesakes the last."""
        return {self.name: {name: below for child in self.children for name, below in child.tree().items()}}


class RecordingTracer:
    """Satisfies `Tracer`."""

    def __init__(self) -> None:
        self.roots: list[RecordedSpan] = []
        self._open: ContextVar[RecordedSpan | None] = ContextVar("open_span", default=None)

    @contextmanager
    def span(self, name: str, *, kind: SpanKind = "span", input: object = None) -> Generator[RecordedSpan]:
        """Open a span below the one that is open here."""
        parent, recorded = self._open.get(), RecordedSpan(name, kind, input)
        (self.roots if parent is None else parent.children).append(recorded)
        before = self._open.set(recorded)
        with ExitStack() as block:
            block.callback(self._open.reset, before)
            block.push(recorded.end)
            yield recorded

    def span_id(self) -> str:
        """The name of the span that is open here."""
        current = self._open.get()
        return current.name if current else ""

    def traceparent(self) -> str:
        """The name of the span that is open here: it means something to this tracer alone."""
        return self.span_id()

    @contextmanager
    def below(self, traceparent: str) -> Generator[None]:
        """Spans hang below the last one of that name, if any."""
        found = [one for one in self.spans() if one.name == traceparent]
        before = self._open.set(found[-1] if found else self._open.get())
        try:
            yield
        finally:
            self._open.reset(before)

    def spans(self) -> list[RecordedSpan]:
        """Every span, in the order of beginning."""
        return [one for root in self.roots for one in root.walk()]

    def named(self, name: str) -> RecordedSpan:
        """The only span of that name. Raises ValueError where there are none or several."""
        (one,) = [recorded for recorded in self.spans() if recorded.name == name]
        return one
