"""The span of a run: a trace for each sitting at it, all of them one session, which is called as the run is."""

import os
import pwd
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from muster.core.agent import AnyAgent
from muster.core.clock import Clock
from muster.core.extras import require
from muster.core.observability.scores import Score
from muster.core.observability.settings import TraceSettings
from muster.core.observability.tracing import Span, span, traced_by
from muster.core.runs.listening import Asked, Ended, Happening, Listener, Traced
from muster.core.runs.row import RunRow
from muster.core.runs.store import RunFolder

if TYPE_CHECKING:  # OpenTelemetry is loaded where traces are wanted
    from muster.core.observability.traces import Traces


class RunTrace:
    """A listener: writes on the run's span how its sitting ended, and scores a run that reached its end."""

    def __init__(self, row: RunRow, clock: Clock, current: Span, traces: "Traces | None") -> None:
        self._row = row
        self._clock = clock
        self._span = current
        self._traces = traces

    def begin(self, folder: RunFolder, listeners: tuple[Listener, ...]) -> None:
        """Write down which trace this is, so that the next sitting can point to it, and tell the session."""
        if self._traces is None:
            return
        with folder.traces.open("a", encoding="utf-8") as file:
            file.write(self._traces.traceparent() + "\n")
        for listener in listeners:
            listener(Traced(self._row.id))

    def __call__(self, happening: Happening) -> None:
        """Take note of a question, or of the end."""
        match happening:
            case Asked(form=form):
                self._span.output(f"asked: {form.title}")
            case Ended():
                self._end(happening)
            case _:
                pass

    def _end(self, ended: Ended) -> None:
        verdict = ended.verdict
        self._span.output(verdict.summary)
        self._span.set(ok=verdict.ok, repairs=ended.repairs)
        if not verdict.ok:
            self._span.fail(verdict.summary)
        if self._traces:
            seconds = (self._clock.now() - self._row.created_at).total_seconds()
            self._traces.score(
                self._score("outcome", float(verdict.ok), verdict.summary),
                self._score("iterations", ended.repairs),
                self._score("duration_s", seconds),
                *(self._score(name, value) for name, value in ended.scores.items()),
            )

    def _score(self, name: str, value: float, comment: str = "") -> Score:
        """Its id and time are the run's, so that a run that goes on after its end is counted once."""
        return Score(f"{self._row.id}-{name}", name, value, self._row.created_at, comment)


@contextmanager
def traced_run(
    agent: AnyAgent, settings: TraceSettings, row: RunRow, clock: Clock, *, folder: RunFolder | None = None
) -> Generator[RunTrace]:
    """The span of this sitting; an exception marks it, and passes. `folder` is that of an earlier sitting.

    Raises MissingExtraError where traces are wanted and nothing is installed that could send them.
    """
    with ExitStack() as stack:
        traces = _opened(stack, agent, settings, row, folder) if settings.traces else None
        current = stack.enter_context(span(agent.name, kind="agent", input=row.intent))
        current.set(run=row.id, agent_version=row.version, resumed=folder is not None)
        yield RunTrace(row, clock, current, traces)


def _opened(
    stack: ExitStack, agent: AnyAgent, settings: TraceSettings, row: RunRow, folder: RunFolder | None
) -> "Traces":
    require("trace", "langfuse", "opentelemetry")
    from muster.core.observability.traces import Identity, open_traces

    identity = Identity(row.id, agent.name, settings.trace_user or _login(), (*agent.tags, agent.name))
    traces = stack.enter_context(open_traces(settings, identity, after=_last_trace(folder)))
    stack.enter_context(traced_by(traces.tracer))
    return traces


def _last_trace(folder: RunFolder | None) -> str:
    try:
        return folder.traces.read_text(encoding="utf-8").splitlines()[-1] if folder else ""
    except (OSError, UnicodeDecodeError, IndexError):  # the sitting before was not traced
        return ""


def _login() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return str(os.getuid())
