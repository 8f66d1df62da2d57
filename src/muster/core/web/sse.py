"""A listener's news as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from muster.core.web.news import Frame, Listener, Newsroom
from muster.core.web.problems import RefusedError, refused

HEARTBEAT_S = 15.0
"""Proxies cut what is silent; a caller that left is noticed by then."""
_RETRY_MS = 2000
_MOST_SEQ = 2**31 - 1


class EventStream(StreamingResponse):
    """A story from a place on, until it ends; who leaves is forgotten at once."""

    media_type = "text/event-stream"

    def __init__(self, newsroom: Newsroom, story: str, after: int, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        super().__init__(iter(()), headers={"X-Accel-Buffering": "no"})
        self._newsroom, self._story, self._after, self._heartbeat_s = newsroom, story, after, heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            with self._newsroom.listen(self._story, self._after) as listener:
                self.body_iterator = frames(listener, self._heartbeat_s)
                await super().__call__(scope, receive, send)
        except RefusedError as error:
            await refused(error)(scope, receive, send)


async def frames(listener: Listener, heartbeat_s: float) -> AsyncGenerator[str]:
    """The frames as they are sent, with a comment where there is none for a while."""
    yield f"retry: {_RETRY_MS}\n\n"
    while True:
        try:
            async with asyncio.timeout(heartbeat_s):
                frame = await listener.queue.get()
        except TimeoutError:
            yield ": still here\n\n"
            continue
        if frame is None:
            return
        yield as_text(frame)


def as_text(frame: Frame) -> str:
    """One frame. Its data is one line, as JSON without line ends between its parts is."""
    return f"id: {frame.seq}\nevent: {frame.kind}\ndata: {frame.data}\n\n"


def place_of(last_event_id: str | None) -> int:
    """What `Last-Event-ID` says; none is 0. Raises RefusedError (400) for what is no number of ours."""
    if last_event_id is None or last_event_id == "":
        return 0
    if not (last_event_id.isascii() and last_event_id.isdigit()) or int(last_event_id[:11]) > _MOST_SEQ:
        raise RefusedError(400, "Last-Event-ID is no number of an event", advice="Send the id of the last one seen.")
    return int(last_event_id)
