import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import UnreachableError
from muster.core.web.news import QUEUE_FRAMES, Frame, Listener, News, Newsroom
from muster.core.web.problems import RefusedError
from muster.core.web.sse import as_text, frames, place_of


class WrittenStories:
    """Satisfies `Stories`: lists that a test writes."""

    def __init__(self, **lengths: int) -> None:
        self.lengths, self.ended, self.away = dict(lengths), set[str](), False
        self.questions: list[Mapping[str, int]] = []

    def after(self, places: Mapping[str, int]) -> Mapping[str, News]:
        self.questions.append(dict(places))
        if self.away:
            raise UnreachableError("the database is away")
        return {story: self._news(story, place) for story, place in places.items() if story in self.lengths}

    def _news(self, story: str, place: int) -> News:
        last = self.lengths[story]
        return News([Frame(seq, "note", "{}") for seq in range(place + 1, last + 1)], story in self.ended)


@asynccontextmanager
async def running(room: Newsroom) -> AsyncIterator[None]:
    polling = asyncio.create_task(room.run())
    try:
        yield
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling


async def rest(room: Newsroom, story: str, after: int) -> list[int]:
    """What a listener hears until the end."""
    heard: list[int] = []
    with room.listen(story, after) as listener:
        while (frame := await listener.queue.get()) is not None:
            heard.append(frame.seq)
    return heard


async def all_heard(stories: WrittenStories, after: int) -> list[int]:
    room = Newsroom(stories, tick_s=0.001)
    async with running(room):
        return await rest(room, "a", after)


@given(st.integers(0, 350), st.integers(0, 350))
def test_whoever_comes_back_gets_the_rest(length: int, after: int) -> None:
    stories = WrittenStories(a=length)
    stories.ended.add("a")
    assert asyncio.run(all_heard(stories, after)) == list(range(after + 1, length + 1))


def test_what_comes_later_is_heard_too() -> None:
    async def scene() -> list[int]:
        stories = WrittenStories(a=1)
        room = Newsroom(stories, tick_s=0.001)
        async with running(room):
            with room.listen("a", 0) as listener:
                first = await listener.queue.get()
                stories.lengths["a"] = 2
                second = await listener.queue.get()
        assert first is not None
        assert second is not None
        return [first.seq, second.seq]

    assert asyncio.run(scene()) == [1, 2]


def test_five_hundred_listeners_are_one_question() -> None:
    async def scene() -> WrittenStories:
        stories = WrittenStories(a=3)
        room = Newsroom(stories)
        listeners = [room.listen("a", number % 3) for number in range(500)]
        entered = [one.__enter__() for one in listeners]
        await room.poll()
        assert [one.seen for one in entered] == [3] * 500
        for one in listeners:
            one.__exit__(None, None, None)
        assert room.listeners == 0
        return stories

    assert asyncio.run(scene()).questions == [{"a": 0}]


def test_a_slow_listener_loses_nothing_and_holds_no_more_than_its_queue() -> None:
    async def scene() -> None:
        stories = WrittenStories(a=3 * QUEUE_FRAMES)
        room = Newsroom(stories)
        with room.listen("a", 0) as slow:
            await room.poll()
            await room.poll()
            assert (slow.seen, slow.queue.qsize(), len(stories.questions)) == (QUEUE_FRAMES, QUEUE_FRAMES, 1)
            first = await slow.queue.get()
            await room.poll()
            assert first is not None
            assert (first.seq, slow.seen) == (1, QUEUE_FRAMES + 1)

    asyncio.run(scene())


def test_nobody_listens_nothing_is_asked() -> None:
    async def scene() -> WrittenStories:
        stories = WrittenStories(a=1)
        await Newsroom(stories).poll()
        return stories

    assert asyncio.run(scene()).questions == []


def test_a_database_that_is_away_is_asked_again() -> None:
    async def scene() -> list[int]:
        stories = WrittenStories(a=1)
        stories.ended.add("a")
        stories.away = True
        room = Newsroom(stories, tick_s=0.001)
        async with running(room):
            hearing = asyncio.create_task(rest(room, "a", 0))
            while not stories.questions:
                await asyncio.sleep(0)
            stories.away = False
            return await hearing

    assert asyncio.run(scene()) == [1]


def test_closing_ends_all_streams() -> None:
    async def scene() -> list[int]:
        room = Newsroom(WrittenStories(a=0), tick_s=0.001)
        async with running(room):
            hearing = asyncio.create_task(rest(room, "a", 0))
            while not room.listeners:
                await asyncio.sleep(0)
            room.close()
            return await hearing

    assert asyncio.run(scene()) == []


def test_there_is_a_most_of_listeners() -> None:
    room = Newsroom(WrittenStories(), most_listeners=1)
    with room.listen("a", 0), pytest.raises(RefusedError, match="too many") as caught, room.listen("a", 0):
        pass
    assert caught.value.status == 503


def test_silence_is_filled_with_heartbeats() -> None:
    async def scene() -> list[str]:
        listener = Listener("a", 0)
        stream = frames(listener, heartbeat_s=0.001)
        said = [await anext(stream), await anext(stream)]
        listener.take(News([Frame(1, "state", '{"x":1}')], ended=True))
        return said + [text async for text in stream]

    assert asyncio.run(scene()) == ["retry: 2000\n\n", ": still here\n\n", 'id: 1\nevent: state\ndata: {"x":1}\n\n']


def test_a_frame_keeps_line_separators_of_unicode() -> None:
    assert as_text(Frame(1, "note", '"a\u2028b"')) == 'id: 1\nevent: note\ndata: "a\u2028b"\n\n'


def test_the_place_is_a_number_or_the_beginning() -> None:
    assert (place_of(None), place_of(""), place_of("7")) == (0, 0, 7)


@pytest.mark.parametrize("given_id", ["-1", "x", "1.0", "²", "9" * 18, "2147483648"])
def test_another_place_is_refused(given_id: str) -> None:
    with pytest.raises(RefusedError) as caught:
        place_of(given_id)
    assert caught.value.status == 400
