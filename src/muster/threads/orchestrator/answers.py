"""What the API answers beside a task and a post: pages, personas, health."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from muster.core.web.problems import RefusedError
from muster.threads.common.contracts import Payload, PostView, TaskView
from muster.threads.common.personas import Persona
from muster.threads.db.views import Place


class TaskPage(Payload):
    """Tasks, the newest first; `next_cursor` asks for the following ones."""

    items: tuple[TaskView, ...]
    next_cursor: str | None = None


class PostPage(Payload):
    """Posts, the newest first."""

    items: tuple[PostView, ...]
    next_cursor: str | None = None


class PersonaView(Payload):
    """Who may be asked for a post."""

    id: str
    name: str
    tone: str
    topics: tuple[str, ...]
    needs_approval: bool
    timezone: str
    slots: tuple[str, ...]
    """Hours and minutes there."""
    posts_per_day: int
    usd_per_day: float


class Alive(Payload):
    """Somebody answers."""

    status: Literal["ok"] = "ok"


class CheckView(Payload):
    """What one of the services that it needs says."""

    status: str
    detail: str = ""


class Ready(Payload):
    """Whether all of them answer."""

    status: Literal["ready", "not ready"]
    checks: Mapping[str, CheckView] = Field(default_factory=dict[str, CheckView])


def persona_view(persona: Persona) -> PersonaView:
    """What callers may know of it."""
    return PersonaView(
        id=persona.id,
        name=persona.name,
        tone=persona.voice.tone,
        topics=persona.topics,
        needs_approval=persona.needs_approval,
        timezone=persona.schedule.timezone,
        slots=tuple(slot.isoformat(timespec="minutes") for slot in persona.schedule.slots),
        posts_per_day=persona.limits.posts_per_day,
        usd_per_day=persona.limits.usd_per_day,
    )


def cursor_after(task: TaskView) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(f"{task.created_at.isoformat()}|{task.id}".encode()).decode()


def place_at(cursor: str | None) -> Place | None:
    """The place that a cursor names. Raises RefusedError (422) for what is none of ours."""
    if cursor is None:
        return None
    try:
        at, _, task_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition("|")
        place = Place(datetime.fromisoformat(at), UUID(task_id))
    except (ValueError, binascii.Error) as error:
        raise RefusedError(422, "the cursor is none of ours", advice="Use next_cursor of the page before.") from error
    if place.created_at.utcoffset() is None or not 2000 <= place.created_at.year <= 9000:
        raise RefusedError(422, "the cursor is none of ours", advice="Use next_cursor of the page before.")
    return place
