"""What a run says in the logs: its steps and how long they took, what was decided, and how it ended."""

import logging
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from structlog.contextvars import bound_contextvars

from muster.core.clock import Clock
from muster.core.observability.tracing import span_id
from muster.core.runs.events import RunEvent
from muster.core.runs.listening import Asked, Ended, Happening, NodeFinished, NodeStarted
from muster.core.runs.row import RunRow

_LOG = logging.getLogger(__name__)


class RunLog:
    """A listener, and a block: within it every line of the log names the run, and an exception that leaves is told."""

    def __init__(self, row: RunRow, clock: Clock) -> None:
        self._row = row
        self._clock = clock
        self._step: dict[str, str] = {"node": ""}
        self._since_s = clock.monotonic_s()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(bound_contextvars(run=self._row.id, agent=self._row.agent))
        _LOG.info("run opened", extra={"intent": self._row.intent, "version": self._row.version})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            facts = {"error": type(error).__name__, "seconds": self._seconds()}
            _LOG.info("run stopped: %s", error, extra=self._step | facts)  # the entry point tells the user
        self._stack.close()

    def __call__(self, happening: Happening) -> None:
        """Say what happened."""
        match happening:
            case NodeStarted(node=node):
                self._begin(node)
                _LOG.debug("node started", extra=self._step)
            case NodeFinished(update=update):
                for event in update.get("events", ()):
                    self._tell(event)
                _LOG.info("node finished", extra=self._step | {"seconds": self._seconds(), "wrote": sorted(update)})
            case Asked(form=form):
                ids = [question.id for question in form.questions]
                _LOG.info("asked: %s", form.title, extra=self._step | {"questions": ids})
            case Ended(verdict=verdict, repairs=repairs):
                _LOG.info("run ended: %s", verdict.summary, extra={"ok": verdict.ok, "repairs": repairs})
            case _:
                pass

    def _begin(self, node: str) -> None:
        """What is told of a step is told of its span, also when that is over: its update is saved by then."""
        inner = span_id()
        self._step = {"node": node, "span": inner} if inner else {"node": node}
        self._since_s = self._clock.monotonic_s()

    def _tell(self, event: RunEvent) -> None:
        _LOG.info("%s: %s", event.kind, event.text, extra=self._step)
        if event.detail:
            _LOG.debug("%s in detail: %s", event.kind, event.detail, extra=self._step)

    def _seconds(self) -> float:
        return round(self._clock.monotonic_s() - self._since_s, 3)
