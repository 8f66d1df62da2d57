"""Stories that grow, told to many: one poller a process asks for all listeners with one question a tick.

The rows are the truth, and a listener is a place in them. So nothing is lost on a slow one, which is asked for again
when it has read; and whoever comes back with the last number that they saw gets the rest, from any replica.
"""

import asyncio
import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from muster.core.errors import ServiceError
from muster.core.web.problems import RefusedError

_LOG = logging.getLogger(__name__)
MOST_LISTENERS = 2000
QUEUE_FRAMES = 100
"""A listener that is so far behind is not asked for until it has read."""


@dataclass(frozen=True)
class Frame:
    """A line of a story: `seq` counts from 1 without a gap; `data` is JSON."""

    seq: int
    kind: str
    data: str


@dataclass(frozen=True)
class News:
    """What came after a place; `ended`: nothing will come after these frames."""

    frames: Sequence[Frame]
    ended: bool


class Stories(Protocol):
    """Where the rows are."""

    def after(self, places: Mapping[str, int]) -> Mapping[str, News]:
        """For each story what came after that number, in order; it may be cut short. A story without news may be left
        out unless it ended. Runs in a thread; raises ServiceError where the rows can't be read."""
        ...


@dataclass(eq=False)
class Listener:
    """Somebody's place in a story. `queue` holds what is to be sent; None is the end."""

    story: str
    seen: int
    queue: asyncio.Queue[Frame | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_FRAMES + 1))
    done: bool = False

    @property
    def is_hungry(self) -> bool:
        """Whether there is room for more."""
        return not self.done and self.queue.qsize() < QUEUE_FRAMES

    def take(self, news: News) -> None:
        """What is new to this one, as far as there is room; the end once all before it was taken."""
        fresh = [frame for frame in news.frames if frame.seq > self.seen]
        room = fresh[: QUEUE_FRAMES - self.queue.qsize()]
        for frame in room:
            self.queue.put_nowait(frame)
            self.seen = frame.seq
        if news.ended and len(room) == len(fresh):
            self.end()

    def end(self) -> None:
        """Nothing comes any more."""
        if not self.done:
            self.done = True
            self.queue.put_nowait(None)


class Newsroom:
    """Listeners, and the poller that `run` is. All of it lives in one event loop, `close` apart."""

    def __init__(self, stories: Stories, *, tick_s: float = 0.25, most_listeners: int = MOST_LISTENERS) -> None:
        self._stories, self._tick_s, self._most = stories, tick_s, most_listeners
        self._listeners: set[Listener] = set()
        self._somebody_came = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many there are."""
        return len(self._listeners)

    @contextmanager
    def listen(self, story: str, after: int) -> Generator[Listener]:
        """A listener for the length of the block. Raises RefusedError (503) where there are too many."""
        if self._closed or len(self._listeners) >= self._most:
            raise RefusedError(503, "too many listen already", headers={"Retry-After": "10"})
        listener = Listener(story, after)
        self._listeners.add(listener)
        self._somebody_came.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def run(self) -> None:
        """Poll until it is closed or cancelled; nothing is asked while nobody listens."""
        self._loop = asyncio.get_running_loop()
        while not self._closed:
            await self._wait()
            try:
                await self.poll()
            except ServiceError as error:
                _LOG.warning("stories can't be read: %s", error.message)

    async def poll(self) -> None:
        """Ask once, for everybody who has room, from the place of the last of each story."""
        places: dict[str, int] = {}
        for one in self._listeners:
            if one.is_hungry:
                places[one.story] = min(one.seen, places.get(one.story, one.seen))
        if not places:
            return
        news = await asyncio.to_thread(self._stories.after, places)
        for listener in tuple(self._listeners):
            if listener.is_hungry and listener.story in news:
                self._tell(listener, news[listener.story], places)

    def _tell(self, listener: Listener, news: News, places: Mapping[str, int]) -> None:
        """One that came while the question was asked may stand before its answer's first line, and waits a tick."""
        if listener.seen >= places[listener.story]:
            listener.take(news)

    async def _wait(self) -> None:
        if not self._listeners:
            await self._somebody_came.wait()
        self._somebody_came.clear()
        try:
            async with asyncio.timeout(self._tick_s):
                await self._somebody_came.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        """End all streams, and `run`. From any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for listener in self._listeners:
            listener.end()
        self._somebody_came.set()
