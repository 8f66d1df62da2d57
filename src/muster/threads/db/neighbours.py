"""A post's neighbours: what the same persona said in the window, and how far it came; and the decision about a twin,
stored in an order that all workers share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from muster.threads.common.states import ENDED, TaskState
from muster.threads.db.engine import Database
from muster.threads.db.leasing import let_go
from muster.threads.db.models import PostRow, TaskRow
from muster.threads.db.persona_day import lock_persona
from muster.threads.db.story import enter
from muster.threads.db.working import Job, Work, in_state

PENDING: frozenset[TaskState] = frozenset({"drafted", "moderated"})
"""Not compared yet."""
STANDING: frozenset[TaskState] = frozenset(
    {"deduplicated", "approved", "container_created", "published", "unknown"}
)  # fmt: skip
"""Compared, and nothing stood in the way."""
_UNPUBLISHED = ENDED - {"published"}
MOST_RECENT = 200
_MOST_BEFORE = 500
"""Older posts that are watched while one is compared: as many as may be at work at the same time."""


@dataclass(frozen=True)
class Neighbour:
    """An older or newer post of the persona."""

    post_id: int
    text: str
    state: TaskState


@dataclass(frozen=True)
class Neighbourhood:
    """What is there when a comparison begins. `before`: post ids below this one's, with their tasks' states."""

    recent: tuple[Neighbour, ...]
    same: tuple[int, ...]
    before: Mapping[int, TaskState]


@dataclass(frozen=True)
class Chosen:
    """The twin that a post is a duplicate of, in words."""

    post_id: int
    why: str


def look_around(database: Database, job: Job, content_sha256: str, since: datetime) -> Neighbourhood:
    """The persona's posts since then that may still be said or were; `same` has the same words."""
    with database.read() as session:
        mine = _posts(job, since)
        rows = session.execute(mine.order_by(PostRow.id.desc()).limit(MOST_RECENT)).all()
        same = session.execute(mine.where(PostRow.content_sha256 == content_sha256).order_by(PostRow.id)).all()
        recent = tuple(Neighbour(row.id, row.text, cast(TaskState, row.state)) for row in rows)
        return Neighbourhood(recent, tuple(row.id for row in same), _states_before(session, job))


def store_comparison(
    work: Work,
    job: Job,
    seen: Neighbourhood,
    named: tuple[int, ...],
    decide: Callable[[Mapping[int, TaskState]], Chosen | None],
) -> Job | Chosen | None:
    """Decide among the `named` posts by their tasks' states as they are now, one post of a persona at a time: a
    duplicate ends (Chosen), another goes on (Job). None: an older post passed meanwhile that the search may not have
    seen, so it has to be made again.
    """
    with work.held(job.state) as (session, task, now):
        lock_persona(session, task.persona_id)
        chosen = decide(_states_of(session, named))
        if chosen is not None:
            task.twin_post_id = chosen.post_id
            enter(session, task, "duplicate", now, chosen.why, data={"twin_post_id": chosen.post_id})
            let_go(session, task, now, again_at=None)
            return chosen
        if _passed_meanwhile(seen.before, _states_before(session, job)):
            return None
        enter(session, task, "deduplicated", now, "nothing like it was said in the window")
        return in_state(job, task)


def _posts(job: Job, since: datetime) -> Select[int, str, str]:
    posts = select(PostRow.id, PostRow.text, TaskRow.state).join(TaskRow, TaskRow.id == PostRow.task_id)
    return posts.where(
        PostRow.persona_id == job.persona_id,
        PostRow.id != job.post_id,
        PostRow.ts >= since,
        TaskRow.state.not_in(_UNPUBLISHED),
    )


def _states_of(session: Session, post_ids: tuple[int, ...]) -> Mapping[int, TaskState]:
    asked = select(PostRow.id, TaskRow.state).join(TaskRow, TaskRow.id == PostRow.task_id)
    return {row.id: cast(TaskState, row.state) for row in session.execute(asked.where(PostRow.id.in_(post_ids)))}


def _states_before(session: Session, job: Job) -> Mapping[int, TaskState]:
    asked = select(PostRow.id, TaskRow.state).join(TaskRow, TaskRow.id == PostRow.task_id)
    mine = asked.where(PostRow.persona_id == job.persona_id, PostRow.id < job.post_id)
    rows = session.execute(mine.order_by(PostRow.id.desc()).limit(_MOST_BEFORE))
    return {row.id: cast(TaskState, row.state) for row in rows}


def _passed_meanwhile(then: Mapping[int, TaskState], now: Mapping[int, TaskState]) -> bool:
    return any(state in STANDING and then.get(post_id) not in STANDING for post_id, state in now.items())
