"""The prompt routes of Langfuse's public API v2, with its words for what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from pydantic import JsonValue

from muster.core.testing.langfuse_double.prompt_resolving import CannotResolveError, resolved
from muster.core.testing.langfuse_double.prompt_versions import (
    PromptVersion,
    add_labels,
    add_version,
    find_version,
    versions_of,
)
from muster.core.testing.langfuse_double.wire import Answer, Request, Route, refused

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project

_UPDATED = "2026-11-01T00:00:00.000Z"
_NO_RIGHT = "You don't have permission to {}. Please contact your project admin for assistance."


def list_prompts(project: Project, request: Request) -> Answer:
    """Names with their versions and labels, a page at a time."""
    page, limit = int(request.query.get("page", "1")), int(request.query.get("limit", "50"))
    names = sorted({one.name for one in project.prompts if _asked_for(one, request)})
    rows: list[JsonValue] = [_row(project, name, request) for name in names[(page - 1) * limit : page * limit]]
    meta: dict[str, JsonValue] = {
        "page": page,
        "limit": limit,
        "totalItems": len(names),
        "totalPages": -(-len(names) // limit),
    }
    return Answer(200, {"data": rows, "meta": meta})


def get_prompt(project: Project, request: Request) -> Answer:
    """One version, by number or label, with what it includes unless `resolve=false`."""
    name, label, number = unquote(request.words["name"]), request.query.get("label"), request.query.get("version")
    if label and number:
        return refused(400, "InvalidRequestError", "Cannot specify both version and label")
    chosen = f"with version {number}" if number else f"with label '{label or 'production'}'"
    found = (
        find_version(project, name, version=int(number))
        if number
        else find_version(project, name, label=label or "production")
    )
    if found is None:
        return refused(404, "LangfuseNotFoundError", f"Prompt not found: '{name}' {chosen}")
    if request.query.get("resolve") == "false":
        return Answer(200, {**found.document(), "resolutionGraph": None})
    try:
        return Answer(200, {**found.document(), "prompt": resolved(project, found), "resolutionGraph": None})
    except CannotResolveError as error:
        return refused(500, str(error), "Internal Server Error")


def create_prompt(project: Project, request: Request) -> Answer:
    """A new version; the API has no way to name its number."""
    asked = request.json()
    if not isinstance(asked, dict) or not asked.get("name") or not asked.get("prompt"):
        return refused(400, "invalid_type", "Invalid request data")
    labels = asked.get("labels")
    if protected := _protected(project, labels if isinstance(labels, list) else []):
        return _forbidden("create a prompt with a protected label", protected)
    before = versions_of(project, str(asked["name"]))
    if before and before[-1].type != (asked.get("type") or "text"):
        message = "Previous versions have different prompt type. Create a new prompt with a different name."
        return refused(400, "InvalidRequestError", message)
    if complaint := _unresolvable(project, asked):
        return refused(400, "InvalidRequestError", complaint)
    return Answer(201, add_version(project, asked).document())


def patch_labels(project: Project, request: Request) -> Answer:
    """Add labels to a version. The API can't take a label off, it can only move it."""
    name, number, asked = unquote(request.words["name"]), int(request.words["version"]), request.json()
    found = find_version(project, name, version=number)
    if found is None:
        return refused(404, "LangfuseNotFoundError", f"Prompt '{name}' version {number} not found in project")
    labels = asked.get("newLabels") if isinstance(asked, dict) else None
    if not isinstance(labels, list):
        return refused(400, "invalid_type", "Invalid request data")
    if protected := _protected(project, [label for label in labels if label not in found.labels]):
        return _forbidden("add a protected label to a prompt", protected)
    return Answer(200, add_labels(project, found, tuple(map(str, labels))).document())


def _unresolvable(project: Project, asked: dict[str, JsonValue]) -> str:
    name, before = str(asked["name"]), versions_of(project, str(asked["name"]))
    draft = PromptVersion(
        name=name,
        version=before[-1].version + 1 if before else 1,
        type=str(asked.get("type") or "text"),
        prompt=asked["prompt"],
        config={},
        labels=(),
        tags=(),
    )
    try:
        resolved(project, draft)
    except CannotResolveError as error:
        return str(error)
    return ""


def _asked_for(one: PromptVersion, request: Request) -> bool:
    name, label, tag = (request.query.get(key) for key in ("name", "label", "tag"))
    return (not name or one.name == name) and (not label or label in one.labels) and (not tag or tag in one.tags)


def _row(project: Project, name: str, request: Request) -> dict[str, JsonValue]:
    known = [one for one in versions_of(project, name) if _asked_for(one, request)]
    return {
        "name": name,
        "type": known[-1].type,
        "versions": [one.version for one in known],
        "labels": list[JsonValue](sorted({label for one in known for label in one.labels})),
        "tags": list[JsonValue](known[-1].tags),
        "lastUpdatedAt": _UPDATED,
        "lastConfig": known[-1].config,
    }


def _protected(project: Project, labels: list[JsonValue]) -> list[str]:
    return sorted(project.protected_labels) if project.protected_labels & {str(label) for label in labels} else []


def _forbidden(act: str, protected: list[str]) -> Answer:
    message = f"{_NO_RIGHT.format(act)}\n\n Protected labels are: {', '.join(protected)}"
    return refused(403, "ForbiddenError", message)


_PROMPTS = "/api/public/v2/prompts"

PROMPT_ROUTES = (
    Route("GET", _PROMPTS, list_prompts),
    Route("POST", _PROMPTS, create_prompt),
    Route("GET", rf"{_PROMPTS}/(?P<name>[^/]+)", get_prompt),
    Route("PATCH", rf"{_PROMPTS}/(?P<name>[^/]+)/versions/(?P<version>\d+)", patch_labels),
)
