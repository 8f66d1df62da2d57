"""One run as frames: a step for each node that ended, then the draft or why there is none."""

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from muster.threads.common.contracts import Draft, PersonaRunRequest, RunFailure, RunStep
from muster.threads.common.metrics import record_quality
from muster.threads.persona_runtime.context import RunContext
from muster.threads.persona_runtime.domain.quality import brevity, variety
from muster.threads.persona_runtime.graph import Graph
from muster.threads.persona_runtime.ports import AuthorFailedError
from muster.threads.persona_runtime.state import RunState, Update

Frame = RunStep | Draft | RunFailure


def run_frames(graph: Graph, request: PersonaRunRequest, context: RunContext) -> Iterator[Frame]:
    """Never raises for want of an author: that is the last frame."""
    draft: Draft | None = None
    try:
        stream: Iterator[dict[Any, Update]] = graph.stream(
            RunState(request=request), context=context, stream_mode="updates"
        )
        for number, update in enumerate(stream, start=1):
            ((node, written),) = update.items()
            draft = written.get("draft")
            yield RunStep(id=number, node=node, data=_told(written))
    except AuthorFailedError as error:
        yield RunFailure(reason=f"{error.message} {error.advice}".strip()[:2000], transient=error.transient)
        return
    if draft is not None:
        record_quality(request.persona_id, "brevity", brevity(draft.text))
        record_quality(request.persona_id, "variety", variety(draft.text))
        yield draft


def _told(written: Update) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {}
    if "subject" in written:
        told["subject"] = written["subject"]
    if "words" in written:
        told |= {name: text for name, text in written["words"].model_dump().items() if text}
    if "condensed" in written:
        told["condensed"] = written["condensed"]
    if "moderation" in written:
        told["verdict"] = written["moderation"].verdict
    return told
