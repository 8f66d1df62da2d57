"""Answers that go on: lines as they come, and a sign of life while there is none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from muster.nomad.embedded.pace import Pace


@dataclass(frozen=True)
class Source:
    """Something that grows: `after` gives what came behind a position with the new position, empty when nothing did."""

    after: Callable[[int], tuple[bytes, int]]
    heartbeat: bytes
    heartbeat_s: float


async def follow(pace: Pace, source: Source, position: int) -> AsyncIterator[bytes]:
    """What comes behind the position, for ever; time runs on while this waits, as for a blocking query."""
    while True:
        grown, position = source.after(position)
        if grown:
            yield grown
            continue
        if not await _grows(pace, source, position) and source.heartbeat:
            yield source.heartbeat


async def _grows(pace: Pace, source: Source, position: int) -> bool:
    """Wait for more, but no longer than a heartbeat."""
    try:
        await asyncio.wait_for(pace.wait(lambda: bool(source.after(position)[0]), None), source.heartbeat_s)
    except TimeoutError:
        return False
    return True
