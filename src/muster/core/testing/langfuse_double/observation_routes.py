"""The route that reads observations, newest first: by field groups, with filters and a cursor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from muster.core.testing.langfuse_double.observation import Observation
from muster.core.testing.langfuse_double.paging import paged
from muster.core.testing.langfuse_double.wire import Answer, Request, Route, refused

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project

_ALL = ("core", "basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context")
_SAME = ("name", "userId", "sessionId", "type", "traceId", "level", "environment", "version")
_CLIPPED = 200


def list_observations(project: Project, request: Request) -> Answer:
    """A page of the observations that are asked for."""
    if request.query.get("parseIoAsJson") == "true":
        return refused(400, "InvalidRequestError", "parseIoAsJson is not supported")
    groups = frozenset(("core", *request.query.get("fields", "basic").split(",")))
    if unknown := sorted(groups - set(_ALL)):
        return refused(400, "InvalidRequestError", f"Unknown field groups: {', '.join(unknown)}")
    conditions = _conditions(request)
    if conditions is None:
        return refused(400, "InvalidRequestError", "this double knows only filters that ask for an equal value")
    found = [one for one in project.observations.values() if all(_holds(one, *each) for each in conditions)]
    found.sort(key=lambda one: (one.start_ns, one.id), reverse=True)
    return paged([_clipped(one.document(groups), request) for one in found], request, most=1000)


def _conditions(request: Request) -> list[tuple[str, str, JsonValue]] | None:
    """Column, key and value of each condition; None for one that can't be judged. A filter outranks the parameters."""
    if "filter" in request.query:
        asked: list[Mapping[str, JsonValue]] = json.loads(request.query["filter"])
        if any(one.get("operator") != "=" for one in asked):
            return None
        return [(str(one["column"]), str(one.get("key", "")), one["value"]) for one in asked]
    simple = (*_SAME, "parentObservationId", "isRootObservation", "fromStartTime", "toStartTime")
    return [(name, "", request.query[name]) for name in simple if name in request.query]


def _holds(one: Observation, column: str, key: str, value: JsonValue) -> bool:
    match column:
        case "fromStartTime":
            return one.start_ns // 1000 >= _microseconds(str(value))
        case "toStartTime":
            return one.start_ns // 1000 < _microseconds(str(value))
        case "metadata":
            return str(one.metadata.get(key)) == str(value)
        case "parentObservationId":
            return one.parent_id == value
        case _:
            return _word(one.document(frozenset(_ALL)).get(column)) == _word(value)


def _word(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _clipped(row: dict[str, JsonValue], request: Request) -> dict[str, JsonValue]:
    """Long metadata is cut, unless it is asked for by its key."""
    whole = request.query.get("expandMetadata", "").split(",")
    metadata = row.get("metadata")
    if not isinstance(metadata, dict):
        return row
    cut = {
        key: value[:_CLIPPED] if isinstance(value, str) and key not in whole else value
        for key, value in metadata.items()
    }
    return {**row, "metadata": cut}


def _microseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1e6)


OBSERVATION_ROUTES = (Route("GET", "/api/public/v2/observations", list_observations),)
