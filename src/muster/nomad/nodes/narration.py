"""How nodes say what happens: one event, stamped with the run's clock."""

from langgraph.runtime import Runtime
from pydantic import JsonValue

from muster.core.runs.events import EventKind, RunEvent
from muster.nomad.context import Context


def event(
    runtime: Runtime[Context],
    node: str,
    kind: EventKind,
    text: str,
    *,
    detail: str = "",
    data: dict[str, JsonValue] | None = None,
) -> RunEvent:
    """One line of the run's story."""
    return RunEvent(at=runtime.context.clock.now(), node=node, kind=kind, text=text, detail=detail, data=data or {})
