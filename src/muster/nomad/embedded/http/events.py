"""The event stream over HTTP: one line of JSON for each index, and an empty object as a sign of life."""

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from muster.nomad.embedded.access.permissions import Permissions
from muster.nomad.embedded.events.rendering import render_events
from muster.nomad.embedded.events.topics import TopicError, Topics, parse_topics, subscribes
from muster.nomad.embedded.http.asking import BadRequest, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.nodes import node_renderer
from muster.nomad.embedded.http.streaming import Source, follow

Json = dict[str, Any]
HEARTBEAT_S = 30.0
HEARTBEAT = b"{}\n"
JOB_TOPICS = ("Deployment", "Evaluation", "Allocation", "Job")


async def stream_events(request: Request) -> Response:
    """GET /v1/event/stream, with `topic` and `index`"""
    topics, index = _topics(request), _index(request)
    space = namespace(request)
    if not _allowed(permissions(request), topics, space):
        return Response(DENIED, 500, media_type="application/json")
    desk = desk_of(request)

    def after(position: int) -> tuple[bytes, int]:
        return _lines(desk, topics, space, position)

    async def lines() -> AsyncIterator[bytes]:
        yield HEARTBEAT
        async for line in follow(desk.pace, Source(after, HEARTBEAT, HEARTBEAT_S), max(0, index - 1)):
            yield line

    headers = {"Cache-Control": "no-cache", "Content-Type": "application/json"}
    return StreamingResponse(lines(), headers=headers)


def _topics(request: Request) -> Topics:
    try:
        return parse_topics(request.query_params.getlist("topic"))
    except TopicError as error:
        raise BadRequest(400, f"Invalid topic query: {error}") from error


def _index(request: Request) -> int:
    text = request.query_params.get("index", "") or "0"
    if not text.lstrip("-").isdigit():
        raise BadRequest(400, f'Unable to parse index: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)


def _allowed(allowed: Permissions, topics: Topics, space: str) -> bool:
    return all(
        allowed.namespace(space, "read-job")
        if topic in JOB_TOPICS
        else allowed.reads("node")
        if topic == "Node"
        else allowed.management
        for topic in topics
    )


def _lines(desk: Desk, topics: Topics, space: str, position: int) -> tuple[bytes, int]:
    """What was written behind an index, a line for each; the index where that ends."""
    fresh = [change for change in desk.store.changes if change.index > position]
    if not fresh:
        return b"", position
    found: list[Json] = []
    for group in render_events(fresh, node_renderer(desk)):
        events = [event for event in group["Events"] if subscribes(topics, space, event)]
        if events:
            found.append({"Events": events, "Index": group["Index"]})
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in found)
    return text.encode(), fresh[-1].index
