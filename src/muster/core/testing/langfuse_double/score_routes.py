"""The routes for scores: a list is taken in one piece, what is wrong in it is told, and it is read with a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import JsonValue

from muster.core.testing.langfuse_double.paging import paged
from muster.core.testing.langfuse_double.wire import Answer, Request, Route, refused

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project

_NOW = "2026-11-01T00:00:00.000Z"
_SUBJECTS = {"traceId": "trace", "sessionId": "session", "datasetRunId": "experiment"}
_FIELDS = {"details", "subject", "annotation"}


def take_scores(project: Project, request: Request) -> Answer:
    """Keep the scores; one with the id of an earlier one takes its place."""
    asked = request.json()
    rows = asked if isinstance(asked, list) else [asked]
    complaints = [complaint for row in rows if (complaint := _complaint(row))]
    for row in rows:
        if isinstance(row, dict) and not _complaint(row):
            kept = {"id": str(uuid4()), "timestamp": _NOW, "environment": "default", "dataType": "NUMERIC"} | row
            project.scores[str(kept["id"])] = kept
    if not complaints:
        return Answer(202, {"message": "Accepted"})
    errors: list[JsonValue] = [{"message": text} for text in complaints]
    counts: dict[str, JsonValue] = {"accepted": len(rows) - len(complaints), "rejected": len(complaints)}
    return Answer(207, {**counts, "errors": errors})


def list_scores(project: Project, request: Request) -> Answer:
    """A page of the scores that are asked for."""
    groups = set(filter(None, request.query.get("fields", "").split(",")))
    if unknown := sorted(groups - _FIELDS):
        return refused(400, "InvalidRequestError", f"Unknown fields: {', '.join(unknown)}")
    found = [one for one in project.scores.values() if _asked_for(one, request)]
    return paged([_document(one, groups) for one in found], request, most=100)


def _complaint(row: JsonValue) -> str:
    if not isinstance(row, dict) or not row.get("name") or row.get("value") is None:
        return "a score has a name and a value"
    if sum(1 for key in _SUBJECTS if row.get(key)) != 1:
        return "Provide exactly one of the following: traceId, sessionId, datasetRunId"
    numeric = isinstance(row["value"], int | float)
    match row.get("dataType", "NUMERIC"):
        case "BOOLEAN" if row["value"] not in (0, 1):
            return "Boolean score values must equal either 1 or 0"
        case "NUMERIC" if not numeric:
            return "the value of a numeric score is a number"
        case "CATEGORICAL" | "TEXT" if numeric:
            return "the value of this score is a text"
        case _:
            return ""


def _asked_for(score: dict[str, JsonValue], request: Request) -> bool:
    keys = ("id", "name", "dataType", "environment", "traceId", "sessionId", "observationId")
    return all(str(score.get(key)) in request.query[key].split(",") for key in keys if key in request.query)


def _document(score: dict[str, JsonValue], groups: set[str]) -> dict[str, JsonValue]:
    is_boolean = score["dataType"] == "BOOLEAN"
    row: dict[str, JsonValue] = {
        "id": score["id"],
        "projectId": "project",
        "name": score["name"],
        "value": score["value"] == 1 if is_boolean else score["value"],
        "dataType": score["dataType"],
        "source": "API",
        "timestamp": score["timestamp"],
        "environment": score["environment"],
        "createdAt": _NOW,
        "updatedAt": _NOW,
    }
    if "details" in groups:
        row |= {"comment": score.get("comment"), "configId": None, "metadata": score.get("metadata") or {}}
    if "subject" in groups:
        row["subject"] = _subject(score)
    return row


def _subject(score: dict[str, JsonValue]) -> JsonValue:
    if score.get("observationId"):
        return {"kind": "observation", "id": score["observationId"], "traceId": score.get("traceId")}
    key, kind = next((key, kind) for key, kind in _SUBJECTS.items() if score.get(key))
    return {"kind": kind, "id": score[key]}


SCORE_ROUTES = (
    Route("POST", "/api/public/scores", take_scores),
    Route("GET", "/api/public/v3/scores", list_scores),
)
