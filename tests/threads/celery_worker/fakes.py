"""A writer, a memory and a platform in this process, that satisfy the worker's ports and can fail on demand."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from muster.core.errors import ServiceTimeoutError
from muster.core.testing.clock import FakeClock
from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.ports import ContainerStatus, PlatformRefusedError, PostRef, PostText, Quota, Twin
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.contracts import Draft, ModelUse, Moderation, ModerationRequest, PersonaRunRequest
from muster.threads.common.personas import Persona, load_personas
from muster.threads.common.platform_text import compose, words_sha256
from muster.threads.common.states import TaskState
from muster.threads.db.engine import Database
from muster.threads.db.models import PublicationRow, TaskRow
from muster.threads.db.story import locked_task, story_after

Hook = Callable[[str], None]
"""Called before (`publish`) and after (`publish done`) each call of a port; may raise."""


def nothing(_call: str) -> None:
    return None


@dataclass
class EchoWriter:
    """Writes the topic. `blocked`: the verdict says no."""

    hook: Hook = nothing
    verdict: str = "allowed"
    cost_usd: float | None = 0.01
    written: list[UUID] = field(default_factory=list)
    judged: list[ModerationRequest] = field(default_factory=list)

    def write(self, request: PersonaRunRequest) -> Draft:
        self.hook("write")
        self.written.append(request.task_id)
        words = ("About " + request.topic, f"What {request.topic} is, and why.")
        uses = (ModelUse(model="gpt-4o", phase="hook", input_tokens=10, output_tokens=5, cost_usd=self.cost_usd),)
        draft = Draft(
            hook=words[0], body=words[1], text=compose(*words), moderation=self._verdict(*words), uses=uses
        )  # fmt: skip
        self.hook("write done")
        return draft

    def judge(self, request: ModerationRequest) -> Moderation:
        self.hook("judge")
        self.judged.append(request)
        return self._verdict(request.hook, request.body)

    def _verdict(self, hook: str, body: str) -> Moderation:
        return Moderation.model_validate(
            {"verdict": self.verdict, "judged_by": ["echo"], "text_sha256": words_sha256(hook, body)}
        )


@dataclass
class WordTwins:
    """Remembers first lines; the same first line means the same."""

    hook: Hook = nothing
    known: dict[int, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, post: PostRef, recent: Sequence[PostText]) -> tuple[Twin, ...]:
        self.hook("find")
        first = post.text.splitlines()[0]
        with self.lock:
            self.known[post.id] = first
            alike = tuple(Twin(other, "meaning", 0.99) for other, line in sorted(self.known.items())
                          if line == first and other != post.id)  # fmt: skip
        self.hook("find done")
        return alike

    def forget(self, persona_id: str, post_id: int) -> None:
        self.hook("forget")
        self.known.pop(post_id, None)


@dataclass
class Container:
    text: str
    media_id: str | None = None
    kind: str = "finished"


@dataclass
class MemoryPlatform:
    """As much of a platform as a publisher sees: a container is published once."""

    clock: FakeClock
    hook: Hook = nothing
    containers: dict[str, Container] = field(default_factory=dict)
    published: list[tuple[str, str, datetime]] = field(default_factory=list)
    allowed: int = 250
    lock: threading.Lock = field(default_factory=threading.Lock)

    def quota(self, persona_id: str) -> Quota:
        self.hook("quota")
        return Quota(len(self.published), self.allowed)

    def create(self, persona_id: str, text: str) -> str:
        self.hook("create")
        container_id = f"c{uuid4().hex}"
        self.containers[container_id] = Container(text)
        self.hook("create done")
        return container_id

    def status(self, persona_id: str, container_id: str) -> ContainerStatus:
        self.hook("status")
        container = self.containers[container_id]
        return ContainerStatus("published" if container.media_id else container.kind)  # type: ignore[arg-type]

    def publish(self, persona_id: str, container_id: str) -> str:
        self.hook("publish")
        container = self.containers[container_id]
        with self.lock:
            if container.media_id:
                raise PlatformRefusedError("already_published", "this container is published")
            container.media_id = f"m{uuid4().hex}"
            self.published.append((container.media_id, container.text, self.clock.now()))
        self.hook("publish done")
        return container.media_id

    def find_published(self, persona_id: str, text: str, since: datetime) -> Sequence[str]:
        self.hook("find_published")
        return [media for media, words, at in reversed(self.published) if words == text and at >= since]

    def texts(self) -> list[str]:
        return [text for _, text, _ in self.published]


@dataclass
class Crew:
    """A worker on fakes, and the tasks that it has."""

    database: Database
    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime.fromisoformat("2026-11-21T12:00:00+00:00")))
    personas: dict[str, Persona] = field(default_factory=lambda: dict(load_personas()))
    stopping: bool = False

    def __post_init__(self) -> None:
        awake = self.personas["ai-jesus"].schedule.model_copy(update={"quiet_hours": None, "timezone": "UTC"})
        self.change(schedule=awake)
        self.writer, self.twins, self.platform = EchoWriter(), WordTwins(), MemoryPlatform(self.clock)

    def change(self, **persona: object) -> None:
        self.personas["ai-jesus"] = self.personas["ai-jesus"].model_copy(update=persona)

    def worker(self) -> Worker:
        return Worker(
            database=self.database, writer=self.writer, twins=self.twins, publisher=self.platform,
            personas=self.personas, clock=self.clock, pause=self.clock.advance, stops=lambda: self.stopping,
        )  # fmt: skip

    def task(self, topic: str = "bread", **more: object) -> UUID:
        task_id, now = uuid4(), self.clock.now()
        row = {
            "id": task_id, "persona_id": "ai-jesus", "task_type": "create_post", "request_sha256": "0" * 64,
            "request": {"persona_id": "ai-jesus", "topic": topic}, "asked_by": "local", "correlation_id": "c1",
            "trace_context": {}, "state": "queued", "next_attempt_at": now, "created_at": now, "updated_at": now,
        }  # fmt: skip
        with self.database.begin() as session:
            session.add(TaskRow(**{**row, **more}))
        return task_id

    def row(self, task_id: UUID) -> TaskRow:
        with self.database.read() as session:
            return session.get_one(TaskRow, task_id)

    def state(self, task_id: UUID) -> TaskState:
        return self.row(task_id).state  # type: ignore[return-value]

    def publication(self, task_id: UUID) -> PublicationRow:
        with self.database.read() as session:
            return session.get_one(PublicationRow, task_id)

    def change_row(self, task_id: UUID, **columns: object) -> None:
        with self.database.begin() as session:
            task = locked_task(session, task_id)
            for name, value in columns.items():
                setattr(task, name, value)

    def told(self, task_id: UUID) -> list[str]:
        with self.database.read() as session:
            return [event.text for event in story_after(session, task_id, 0)]

    def until_due(self, task_id: UUID) -> timedelta:
        """Goes on in time to when the task is looked at again, and says how long that was."""
        due = self.row(task_id).next_attempt_at
        assert due is not None
        pause = max(due - self.clock.now(), timedelta())
        self.clock.advance(pause.total_seconds())
        return pause


def run(crew: Crew, task_id: UUID) -> str:
    publish_post(crew.worker(), task_id)
    return crew.state(task_id)


def run_until_still(crew: Crew, task_id: UUID, most: int = 60) -> str:
    """Goes on in time until nothing more happens by itself."""
    for _ in range(most):
        run(crew, task_id)
        if crew.row(task_id).next_attempt_at is None:
            return crew.state(task_id)
        crew.until_due(task_id)
    raise AssertionError(crew.told(task_id))


def time_out(*calls: str, times: int = 1) -> Hook:
    """The next so many of these calls are never answered; `publish done` is one that was carried out."""
    left = [times]

    def hook(call: str) -> None:
        if call in calls and left[0] > 0:
            left[0] -= 1
            raise ServiceTimeoutError(f"{call}: no answer")

    return hook


def refuse(call_name: str, kind: str, times: int = 1, retry_after_s: float | None = None) -> Hook:
    left = [times]

    def hook(call: str) -> None:
        if call == call_name and left[0] > 0:
            left[0] -= 1
            raise PlatformRefusedError(kind, f"{call}: {kind}", retry_after_s=retry_after_s)  # type: ignore[arg-type]

    return hook
