"""The orchestrator's API, as the commands use it: what it answers is checked, what it refuses is an error of ours."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from muster.core.errors import ServiceFailureError, UnreachableError, UsageError
from muster.core.http import Service, judge_status, mapped_errors
from muster.core.web.problems import Problem
from muster.threads.common.contracts import TaskAccepted, TaskEvent, TaskRequest, TaskView
from muster.threads.common.event_frames import event_frames
from muster.threads.common.settings import ThreadsSettings
from muster.threads.common.states import TaskState

API = Service("the orchestrator", "ORCHESTRATOR_URL", "THREADS_API_KEY")
Decision = Literal["approve", "reject", "cancel", "retry", "settle"]
ModelT = TypeVar("ModelT", bound=BaseModel)
_ANSWER_S = 30.0
_SILENT_S = 45.0
"""Of a stream: it sends a comment every 15 s."""
_MOST_TRIES = 5
"""To reach a stream again that was cut."""


class _Page(BaseModel):
    items: tuple[TaskView, ...]
    next_cursor: str | None = None


class ApiClient:
    """Talks to one orchestrator. Closes with its block."""

    def __init__(self, url: str, key: SecretStr | None = None) -> None:
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=_ANSWER_S, trust_env=False)

    def ask(self, request: TaskRequest, idempotency_key: str) -> UUID:
        """Ask for a post: the task's id. The same key again asks for nothing new. Raises UsageError, ServiceError."""
        body = request.model_dump(mode="json")
        answer = self._request("POST", "/task", json=body, headers={"Idempotency-Key": idempotency_key})
        return _parsed(TaskAccepted, answer.text).id

    def task(self, task_id: UUID) -> TaskView:
        """How far it is. Raises UsageError for one that is not there, ServiceError."""
        return _parsed(TaskView, self._request("GET", f"/task/{task_id}").text)

    def tasks(
        self, *, state: TaskState | None = None, persona_id: str | None = None, most: int = 1000
    ) -> Iterator[TaskView]:
        """Tasks, the newest first, page by page. Raises UsageError, ServiceError."""
        asked = {"state": state, "persona": persona_id, "limit": str(min(most, 200))}
        params = {name: value for name, value in asked.items() if value is not None}
        while most > 0:
            page = _parsed(_Page, self._request("GET", "/tasks", params=params).text)
            yield from page.items[:most]
            most -= len(page.items)
            if page.next_cursor is None:
                return
            params["cursor"] = page.next_cursor

    def decide(self, task_id: UUID, what: Decision, body: Mapping[str, object] | None = None) -> TaskView:
        """A person's word about a task. Raises UsageError where it can't be said in its state, ServiceError."""
        return _parsed(TaskView, self._request("POST", f"/task/{task_id}/{what}", json=dict(body or {})).text)

    def events(self, task_id: UUID) -> Iterator[TaskEvent]:
        """Its story from the first line until it ends; a stream that is cut is taken up where it was.

        Raises UsageError, and UnreachableError where nobody answers any more.
        """
        seen, cuts = 0, 0
        while True:
            try:
                for event in self._stream(task_id, seen):
                    seen, cuts = event.seq, 0
                    yield event
            except _EndedError:
                return
            except UnreachableError:
                cuts += 1
                if cuts >= _MOST_TRIES:
                    raise

    def close(self) -> None:
        """Drop all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stream(self, task_id: UUID, seen: int) -> Iterator[TaskEvent]:
        path, headers = f"/task/{task_id}/events", {"Last-Event-ID": str(seen)}
        with (
            mapped_errors(API, f"GET {path} of {API.name}"),
            self._http.stream("GET", path, headers=headers, timeout=_SILENT_S) as answer,
        ):
            if answer.status_code == HTTPStatus.NO_CONTENT:
                raise _EndedError
            if answer.status_code != HTTPStatus.OK:
                answer.read()
                _judge(answer)
            for frame in event_frames(answer.iter_lines()):
                yield _parsed(TaskEvent, frame.data)

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        with mapped_errors(API, f"{method} {path} of {API.name}"):
            answer = self._http.request(method, path, **more)
        _judge(answer)
        return answer


class _EndedError(Exception):
    """All of the story was seen."""


def open_api(settings: ThreadsSettings) -> ApiClient:
    """The API behind ORCHESTRATOR_URL."""
    return ApiClient(settings.orchestrator_url, settings.threads_api_key)


def _judge(answer: httpx.Response) -> None:
    """What the request itself is to blame for is a UsageError in the orchestrator's own words."""
    if answer.status_code not in (400, 404, 409, 413, 422):
        judge_status(answer, API)
        return
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        problem = Problem(title="", status=answer.status_code, detail=f"{API.name} refused with {answer.status_code}")
    mistakes = [f"  {one.where}: {one.what}" for one in problem.mistakes]
    raise UsageError("\n".join([problem.detail, *mistakes]), advice=problem.advice)


def _parsed(model: type[ModelT], text: str) -> ModelT:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise ServiceFailureError(
            f"{API.name} answered with something that is no {model.__name__}",
            advice="Look whether ORCHESTRATOR_URL names an orchestrator of this version.",
        ) from error
