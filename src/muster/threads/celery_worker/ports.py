"""What the worker needs from others, in its own words: a writer, a memory of what was said, a platform.

What a port can't say clearly it raises: a ServiceError is "not now, or nobody knows", the two errors below are clear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from muster.core.errors import WorkFailedError
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, PersonaRunRequest

Refusal = Literal["not_ready", "rate_limited", "quota", "token", "invalid", "already_published"]
ContainerKind = Literal["in_progress", "finished", "published", "error", "expired"]
Likeness = Literal["same", "near", "meaning"]
WINDOW = timedelta(days=90)
"""What is older may be said again, and is forgotten."""


class WriterFailedError(WorkFailedError):
    """The writer can't write this, and asking again will not help."""


class PlatformRefusedError(WorkFailedError):
    """The platform's clear no: what was asked has not been done. `retry_after_s`: when it said to ask again."""

    def __init__(self, kind: Refusal, message: str, *, advice: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, advice=advice)
        self.kind: Refusal = kind
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class PostRef:
    """A post that is looked for among the others; `ts` is when it was written."""

    id: int
    persona_id: str
    text: str
    ts: datetime


@dataclass(frozen=True)
class PostText:
    """An older post's words."""

    post_id: int
    text: str


@dataclass(frozen=True)
class Twin:
    """A post that says it already. `score` in [0, 1]: of the kind of likeness, 1 is the same."""

    post_id: int
    how: Likeness
    score: float


@dataclass(frozen=True)
class Quota:
    """How many posts of the account were published in the last 24 hours, and how many may be."""

    used: int
    most: int


@dataclass(frozen=True)
class ContainerStatus:
    """How far the platform is with a container; `message` says what is wrong with one in error."""

    kind: ContainerKind
    message: str = ""


class Writer(Protocol):
    """Writes and judges in a persona's name."""

    def write(self, request: PersonaRunRequest) -> Draft:
        """Hook and body, judged. Raises ServiceError (again may help), WriterFailedError (it will not)."""
        ...

    def judge(self, request: ModerationRequest) -> Moderation:
        """A verdict on words that a person edited. Raises as `write` does."""
        ...


class Twins(Protocol):
    """Remembers what a persona said, by meaning."""

    def find(self, post: PostRef, recent: Sequence[PostText]) -> tuple[Twin, ...]:
        """Remember the post, then name others that are alike, the best first, never itself: near copies among `recent`,
        and whatever means the same in the window. Safe to ask again. Raises ServiceError.

        Newer posts are named too: one that was checked before this one stands, and only the caller knows that.
        """
        ...

    def forget(self, persona_id: str, post_id: int) -> None:
        """A post that will not be published. Unknown ones are no error. Raises ServiceError."""
        ...


class Publisher(Protocol):
    """The platform. Raises PlatformRefusedError for a clear no; ServiceTimeoutError, UnreachableError and
    ServiceFailureError where the outcome is unknown."""

    def quota(self, persona_id: str) -> Quota:
        """Of the persona's account."""
        ...

    def create(self, persona_id: str, text: str) -> str:
        """The id of a new container, which nobody sees yet."""
        ...

    def status(self, persona_id: str, container_id: str) -> ContainerStatus:
        """Of a container."""
        ...

    def publish(self, persona_id: str, container_id: str) -> str:
        """The media id. One attempt, whatever happens."""
        ...

    def find_published(self, persona_id: str, text: str, since: datetime) -> Sequence[str]:
        """The media ids of the posts with exactly these words, out since then (by our clock), the newest first."""
        ...
