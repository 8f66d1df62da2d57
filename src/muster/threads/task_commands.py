"""What the commands about tasks do: ask the orchestrator's API, and print what it says."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from pydantic import ValidationError

from muster.core.console import make_console, visible
from muster.core.errors import UsageError, WorkFailedError
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.threads.api_client import ApiClient, Decision, open_api
from muster.threads.board import dollars, is_settled, render_board
from muster.threads.common.contracts import TaskEvent, TaskRequest, TaskView
from muster.threads.common.settings import ThreadsSettings
from muster.threads.common.states import TaskState

_LEAST_ID = 4
"""Digits of an id that name a task."""


def ask_for_post(fields: dict[str, object], *, when: str, wait: bool) -> None:
    """Ask, and print the task's id; with `wait` follow it until it ends or waits.

    Raises UsageError for what can't be asked, WorkFailedError where what was waited for did not become a post.
    """
    request = _request(fields, when)
    with _api() as api:
        task_id = api.ask(request, uuid4().hex)
        _say(str(task_id))
        if wait:
            _follow(api, task_id)


def list_tasks(state: TaskState | None, persona_id: str | None, most: int, *, as_json: bool) -> None:
    """A table, the oldest first."""
    with _api() as api:
        tasks = list(api.tasks(state=state, persona_id=persona_id, most=most))
    if as_json:
        _say_json([task.model_dump(mode="json") for task in tasks])
    elif tasks:
        console = make_console()
        console.print(render_board(tasks, console.width))
    else:
        _say("no tasks")


def show_task(given: str, *, as_json: bool) -> None:
    """A task, and its story so far."""
    with _api() as api:
        task = api.task(_find(api, given))
        story = list(_story_so_far(api, task))
    if as_json:
        _say_json({**task.model_dump(mode="json"), "story": [event.model_dump(mode="json") for event in story]})
        return
    for line in (*_facts(task), "", *(_line(event) for event in story)):
        _say(line)


def decide_task(given: str, what: Decision, body: Mapping[str, object]) -> None:
    """Say it, and print the state that follows."""
    with _api() as api:
        task = api.decide(_find(api, given), what, body)
    _say(f"{task.id} {task.state}" + (f", waits for {task.waits_for}" if task.waits_for else ""))


def redrive_tasks(state: Literal["failed", "unknown"], most: int) -> None:
    """Try all of a state again. Raises WorkFailedError where some were refused."""
    with _api() as api:
        tasks = list(api.tasks(state=state, most=most))
        refused = [task.id for task in tasks if not _is_retried(api, task)]
    _say(f"{len(tasks) - len(refused)} of {len(tasks)} {state} tasks are tried again")
    if refused:
        raise WorkFailedError(f"{len(refused)} could not be", advice="`threads show ID` tells more.")


def _is_retried(api: ApiClient, task: TaskView) -> bool:
    try:
        now = api.decide(task.id, "retry")
    except UsageError as error:
        _say(f"{task.id} {error.message}")
        return False
    _say(f"{task.id} {task.reason or task.state} -> {now.state}")
    return True


def _request(fields: dict[str, object], when: str) -> TaskRequest:
    try:
        at = when if when in ("now", "next_slot") else _time(when)
        return TaskRequest.model_validate({**fields, "when": at})
    except ValidationError as error:
        said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}".strip(": ") for one in error.errors()]
        raise UsageError("\n".join(said).replace("Value error, ", "")) from error


def _time(given: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError(
            f"{given} is no time", advice="Say now, next_slot, or a time such as 2027-01-31T09:00+01:00."
        ) from None
    return at if at.utcoffset() is not None else at.astimezone()


def _find(api: ApiClient, given: str) -> UUID:
    """An id, or its first digits as the board shows them, among the latest tasks."""
    try:
        return UUID(given)
    except ValueError:
        pass
    if len(given) < _LEAST_ID:
        raise UsageError(f"{given} is no id of a task", advice=f"Give {_LEAST_ID} of its digits at least.")
    found = [task.id for task in api.tasks() if str(task.id).startswith(given.lower())]
    if len(found) != 1:
        raise UsageError(f"{len(found)} of the latest tasks begin with {given}", advice="`threads tasks` lists them.")
    return found[0]


def _follow(api: ApiClient, task_id: UUID) -> None:
    for event in api.events(task_id):
        _say(_line(event))
        task = api.task(task_id)
        if is_settled(task) and event.seq >= task.last_seq:
            break
    task = api.task(task_id)
    for line in _facts(task)[1:]:
        _say(line)
    if task.state != "published" and not task.waits_for:
        raise WorkFailedError(f"{task.state}: {task.reason}" if task.reason else task.state)


def _story_so_far(api: ApiClient, task: TaskView) -> Iterable[TaskEvent]:
    """Up to the line that it was seen with: an open story goes on without an end."""
    for event in api.events(task.id):
        yield event
        if event.seq >= task.last_seq:
            return


def _facts(task: TaskView) -> Sequence[str]:
    facts = {
        "state": task.state + (f", waits for {task.waits_for}" if task.waits_for else ""),
        "reason": task.reason if task.reason != task.state else "",
        "not before": f"{task.publish_at:%Y-%m-%d %H:%M} UTC" if task.publish_at else "",
        "text": task.text,
        "post": "" if task.post_id is None else str(task.post_id),
        "twin": "" if task.twin_post_id is None else f"post {task.twin_post_id}",
        "media": task.media_id or "",
        "cost": dollars(task.cost_usd) if task.text else "",
    }
    told = [f"  {name:<10} {value}" for name, value in facts.items() if value]
    return [f"{task.id}  {task.persona_id}", *told]


def _line(event: TaskEvent) -> str:
    return f"{event.at:%H:%M:%S} {event.state:<17} {event.text}"


def _api() -> ApiClient:
    settings = load_settings(ThreadsSettings)
    set_up_logs(settings)
    return open_api(settings)


def _say(line: str) -> None:
    sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.flush()


def _say_json(shown: object) -> None:
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
