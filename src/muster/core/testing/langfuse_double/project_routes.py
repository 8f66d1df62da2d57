"""Langfuse's route for the project that the keys belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import JsonValue

from muster.core.testing.langfuse_double.wire import Answer, Request, Route

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project


def show_project(project: Project, request: Request) -> Answer:
    """The one project, in a list."""
    organization: JsonValue = {"id": "organization", "name": "double"}
    shown: JsonValue = {"id": "project", "name": "double", "organization": organization, "metadata": {}}
    return Answer(200, {"data": [shown]})


PROJECT_ROUTES = (Route("GET", "/api/public/projects", show_project),)
