"""What the routes work with, and who may use them."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from muster.core.clock import Clock
from muster.core.errors import UsageError
from muster.core.web.api_keys import Caller
from muster.core.web.door import require
from muster.core.web.news import Newsroom
from muster.core.web.problems import Problem, RefusedError
from muster.threads.common.contracts import TaskView
from muster.threads.common.personas import Persona
from muster.threads.db.asking import NoSlotError, OtherBodyError
from muster.threads.db.deciding import NoSuchTaskError
from muster.threads.db.engine import Database
from muster.threads.db.story import WrongStateError
from muster.threads.db.views import task_view

SCOPES = ("tasks:write", "tasks:read", "tasks:decide", "posts:read")
_BEARER = HTTPBearer(auto_error=False, description="An API key; without configured keys this machine needs none.")


@dataclass(frozen=True)
class Desk:
    """Made once by `build`; `tell_relay` says that there is something to send."""

    database: Database
    personas: Mapping[str, Persona]
    newsroom: Newsroom
    clock: Clock
    tell_relay: Callable[[], None]

    def persona(self, persona_id: str) -> Persona:
        """Raises RefusedError (422) naming those that there are."""
        if (persona := self.personas.get(persona_id)) is None:
            known = ", ".join(self.personas)
            raise RefusedError(422, f"there is no persona {persona_id}", advice=f"There are: {known}.")
        return persona

    def task(self, task_id: UUID) -> TaskView:
        """Raises RefusedError (404)."""
        with self.database.read() as session:
            view = task_view(session, task_id, self.clock.now())
        if view is None:
            raise no_task(task_id)
        return view


def no_task(task_id: UUID) -> RefusedError:
    """404."""
    return RefusedError(404, f"there is no task {task_id}")


@contextmanager
def refusals() -> Generator[None]:
    """What the database says no to, as an answer."""
    try:
        yield
    except NoSuchTaskError as error:
        raise RefusedError(404, "there is no such task") from error
    except WrongStateError as error:
        raise RefusedError(409, str(error), advice="Look at the task.") from error
    except OtherBodyError as error:
        message = "this Idempotency-Key was used for another request"
        raise RefusedError(409, message, advice="Use a new key for a new request.") from error
    except NoSlotError as error:
        raise RefusedError(409, error.message, advice=error.advice) from error
    except UsageError as error:
        raise RefusedError(422, error.message, advice=error.advice) from error


def desk_of(request: Request) -> Desk:
    """The application's."""
    return request.app.state.desk


def _needs(scope: str) -> Callable[[Request], Caller]:
    def check(request: Request) -> Caller:
        return require(request, scope)

    return check


TheDesk = Annotated[Desk, Depends(desk_of)]
Writer = Annotated[Caller, Depends(_needs("tasks:write"))]
Reader = Annotated[Caller, Depends(_needs("tasks:read"))]
Decider = Annotated[Caller, Depends(_needs("tasks:decide"))]
PostReader = Annotated[Caller, Depends(_needs("posts:read"))]
KEY = Security(_BEARER)
"""For the OpenAPI document: the door has looked at the key by then."""


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The errors of a route, for the OpenAPI document: those of every route, and its own."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    common = (400, 401, 403, 408, 413, 422, 429, 503)
    return {status: {"description": _WORDS[status], "content": content} for status in sorted({*common, *statuses})}


_WORDS = {
    400: "Malformed.",
    401: "No valid API key.",
    403: "The key lacks the scope.",
    404: "No such thing.",
    408: "The body did not arrive.",
    409: "Not in this state, or not under this key.",
    413: "The body is too large.",
    422: "Not valid.",
    429: "Too many requests.",
    503: "The database or the broker is away.",
}
