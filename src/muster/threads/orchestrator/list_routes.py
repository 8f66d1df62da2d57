"""Lists over HTTP: tasks, posts, personas."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from muster.threads.common.contracts import PersonaId
from muster.threads.common.states import TaskState
from muster.threads.db.views import posts_page, tasks_page
from muster.threads.orchestrator.answers import (
    PersonaView,
    PostPage,
    TaskPage,
    cursor_after,
    persona_view,
    place_at,
)
from muster.threads.orchestrator.desk import KEY, PostReader, Reader, TheDesk, problems

router = APIRouter(dependencies=[KEY])


class TaskQuery(BaseModel):
    """Which tasks, and from where on."""

    model_config = ConfigDict(extra="forbid")

    state: TaskState | None = None
    persona: PersonaId | None = None
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=200)


class PostQuery(BaseModel):
    """Which posts, and from where on."""

    model_config = ConfigDict(extra="forbid")

    persona: PersonaId | None = None
    cursor: str | None = Field(default=None, pattern=r"^[0-9]{1,18}$")
    limit: int = Field(default=50, ge=1, le=200)


@router.get("/tasks", tags=["tasks"], responses=problems())
def list_tasks(asked: Annotated[TaskQuery, Query()], desk: TheDesk, caller: Reader) -> TaskPage:
    """A page of tasks, the newest first."""
    with desk.database.read() as session:
        found = tasks_page(
            session,
            desk.clock.now(),
            state=asked.state,
            persona_id=asked.persona,
            after=place_at(asked.cursor),
            most=asked.limit + 1,
        )
    items = tuple(found[: asked.limit])
    return TaskPage(items=items, next_cursor=cursor_after(items[-1]) if len(found) > asked.limit else None)


@router.get("/posts", tags=["posts"], responses=problems())
def list_posts(asked: Annotated[PostQuery, Query()], desk: TheDesk, caller: PostReader) -> PostPage:
    """A page of posts, the newest first."""
    before_id = None if asked.cursor is None else int(asked.cursor)
    with desk.database.read() as session:
        found = posts_page(session, persona_id=asked.persona, before_id=before_id, most=asked.limit + 1)
    items = tuple(found[: asked.limit])
    return PostPage(items=items, next_cursor=str(items[-1].id) if len(found) > asked.limit else None)


@router.get("/personas", tags=["personas"], responses=problems())
def list_personas(desk: TheDesk, caller: Reader) -> tuple[PersonaView, ...]:
    """Who may be asked for a post."""
    return tuple(persona_view(persona) for persona in desk.personas.values())
