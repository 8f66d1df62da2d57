"""Server-sent events as a client reads them: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class EventFrame:
    """One of a stream."""

    event: str
    data: str


def event_frames(lines: Iterable[str]) -> Iterator[EventFrame]:
    """Each frame that an empty line ended; comments and fields of no use here are passed over."""
    event, data = "", list[str]()
    for line in lines:
        if not line:
            if data:
                yield EventFrame(event, "\n".join(data))
            event, data = "", []
            continue
        name, _, value = line.partition(":")
        if name == "event":
            event = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
