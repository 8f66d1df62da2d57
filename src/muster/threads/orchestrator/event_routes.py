"""A task's story as it grows, as server-sent events."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from muster.core.web.sse import EventStream, place_of
from muster.threads.db.views import place_in_story
from muster.threads.orchestrator.desk import KEY, Desk, Reader, TheDesk, no_task, problems

router = APIRouter(prefix="/task", tags=["tasks"], dependencies=[KEY])
_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Frames: `id` is the event's `seq`, `event` its kind, `data` a TaskEvent.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "The story ended, and all of it was seen: do not come back."},
}


@router.get("/{task_id}/events", status_code=200, response_class=EventStream, responses=_STREAM | problems(404))
async def task_events(
    task_id: UUID,
    desk: TheDesk,
    caller: Reader,
    last_event_id: Annotated[str, Header(pattern="^[0-9]{1,9}$", description="The last id that was seen.")] = "0",
) -> Response:
    """The lines after the last one seen, then each that comes, until the task ends."""
    after = place_of(last_event_id)
    last, ended = await run_in_threadpool(_place, desk, task_id)
    if ended and after >= last:
        return Response(status_code=204)
    return EventStream(desk.newsroom, str(task_id), after)


def _place(desk: Desk, task_id: UUID) -> tuple[int, bool]:
    with desk.database.read() as session:
        place = place_in_story(session, task_id)
    if place is None:
        raise no_task(task_id)
    return place
