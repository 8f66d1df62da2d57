"""Tasks over HTTP: asked for, looked at, decided about."""

import re
import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Request

from muster.core.observability.tracing import traceparent
from muster.threads.common.contracts import Edit, Reason, Settlement, TaskAccepted, TaskRequest, TaskView
from muster.threads.common.metrics import record_latency
from muster.threads.db import deciding
from muster.threads.db.asking import Asked, ask
from muster.threads.orchestrator.desk import KEY, Decider, Reader, TheDesk, Writer, problems, refusals

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="The same key and body again answer the same id; another body is refused.",
    ),
]
_NO_REASON, _AS_IT_IS = Reason(), Edit()
router = APIRouter(prefix="/task", tags=["tasks"], dependencies=[KEY])


@router.post("", status_code=202, responses=problems(409))
def create_task(
    request: Request, asked_for: TaskRequest, desk: TheDesk, caller: Writer, idempotency_key: IdempotencyKey = None
) -> TaskAccepted:
    """Ask for a post. Answered when the task and the message that starts it are stored."""
    asked = Asked(
        request=asked_for,
        asked_by=caller.name,
        correlation_id=request.state.correlation_id,
        idempotency_key=idempotency_key,
        trace_context=_trace_context(request),
    )
    began_s = time.perf_counter()
    with refusals():
        task_id = ask(desk.database, asked, desk.persona(asked_for.persona_id), desk.clock.now())
    record_latency("accept", time.perf_counter() - began_s)
    desk.tell_relay()
    return TaskAccepted(id=task_id)


@router.get("/{task_id}", responses=problems(404))
def read_task(task_id: UUID, desk: TheDesk, caller: Reader) -> TaskView:
    """How far it is."""
    return desk.task(task_id)


@router.post("/{task_id}/cancel", responses=problems(404, 409))
def cancel_task(task_id: UUID, desk: TheDesk, caller: Decider, why: Annotated[Reason, Body()] = _NO_REASON) -> TaskView:
    """Stop it, while its publication was not tried."""
    with refusals(), desk.database.begin() as session:
        deciding.cancel(session, task_id, caller.name, desk.clock.now(), why.reason)
    return desk.task(task_id)


@router.post("/{task_id}/reject", responses=problems(404, 409))
def reject_task(task_id: UUID, desk: TheDesk, caller: Decider, why: Annotated[Reason, Body()] = _NO_REASON) -> TaskView:
    """Say no to a post that waits for approval."""
    with refusals(), desk.database.begin() as session:
        deciding.reject(session, task_id, caller.name, desk.clock.now(), why.reason)
    return desk.task(task_id)


@router.post("/{task_id}/approve", responses=problems(404, 409))
def approve_task(task_id: UUID, desk: TheDesk, caller: Decider, edit: Annotated[Edit, Body()] = _AS_IT_IS) -> TaskView:
    """Say yes, with other words too: those are judged again."""
    with refusals(), desk.database.begin() as session:
        deciding.approve(session, task_id, caller.name, desk.clock.now(), edit)
    desk.tell_relay()
    return desk.task(task_id)


@router.post("/{task_id}/retry", responses=problems(404, 409))
def retry_task(task_id: UUID, desk: TheDesk, caller: Decider) -> TaskView:
    """Go on with a failed task where it stood, or look an unknown one up again."""
    with refusals(), desk.database.begin() as session:
        deciding.retry(session, task_id, caller.name, desk.clock.now())
    desk.tell_relay()
    return desk.task(task_id)


@router.post("/{task_id}/settle", responses=problems(404, 409))
def settle_task(task_id: UUID, said: Settlement, desk: TheDesk, caller: Decider) -> TaskView:
    """Say what became of an unknown post, where a person saw whether it is out."""
    with refusals(), desk.database.begin() as session:
        deciding.settle(session, task_id, caller.name, desk.clock.now(), said)
    return desk.task(task_id)


def _trace_context(request: Request) -> dict[str, str]:
    """The span of this request; where nobody traces here, that of who asked."""
    given = request.headers.get("traceparent", "")
    found = traceparent() or (given if _TRACEPARENT.fullmatch(given) else "")
    return {"traceparent": found} if found else {}
