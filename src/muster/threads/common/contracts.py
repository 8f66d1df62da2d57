"""What the services say to one another and to their callers: versioned, frozen, every text and number bounded.

A change that an older service can't read raises `VERSION`; what is only added does not.
"""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
    model_validator,
)

from muster.threads.common.states import TaskState

VERSION = 1
"""Of all payloads here."""

MOST_CHARACTERS = 500
"""Of a post on Threads; how they are counted: `text_length.platform_length`."""

PersonaId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
TaskType = Literal["create_post"]


def is_blank(text: str) -> bool:
    """Whether nothing in it can be seen: spaces, and signs that are invisible."""
    return all(char.isspace() or not char.isprintable() for char in text)


def _says_something(text: str) -> str:
    if is_blank(text):
        raise ValueError("it is blank: nothing in it can be seen")
    return text


Words = Annotated[str, AfterValidator(_says_something)]
"""A hook, a body or a post: something in it can be seen."""
When = Literal["now", "next_slot"]


class Payload(BaseModel):
    """Frozen, and closed: an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*")
    @classmethod
    def _can_be_stored(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("it holds a NUL, which PostgreSQL keeps in no text")
        return value


class TaskRequest(Payload):
    """`POST /task`: what a post is to be about. At least one of the three texts is given."""

    persona_id: PersonaId
    task_type: TaskType = "create_post"
    topic: str = Field(default="", max_length=500)
    pain_statement: str = Field(default="", max_length=1000)
    trend_snippet: str = Field(default="", max_length=2000)
    when: When | AwareDatetime = "now"
    """`next_slot`: the persona's next free slot. Quiet hours move either."""
    needs_approval: bool | None = None
    """None: as the persona's file says."""

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if not (self.topic.strip() or self.pain_statement.strip() or self.trend_snippet.strip()):
            raise ValueError("one of topic, pain_statement and trend_snippet says what the post is about")
        return self


class TaskAccepted(Payload):
    """The answer to `POST /task`: the task is stored, and so is the message that starts it."""

    id: UUID
    status: Literal["queued"] = "queued"


class Finding(Payload):
    """One reason of a guardrail: which rule or model, of which kind, and the words that it saw."""

    rule: str
    category: Literal["violence", "hate", "sexual", "self_harm", "illegal", "spam", "toxicity", "persona", "platform"]
    quote: str = Field(default="", max_length=200)
    score: float | None = None


class Moderation(Payload):
    """What the guardrail says about hook and body together. `support`: it is about self-harm, and a helper's words
    are called for rather than a post."""

    verdict: Literal["allowed", "blocked", "support"]
    findings: tuple[Finding, ...] = ()
    judged_by: tuple[str, ...] = ()
    """`rules 1`, `alt-profanity-check 1.9.1`, `omni-moderation-latest` ..."""
    text_sha256: str
    """Of `hook`, a line end and `body`: a verdict holds for these words alone."""
    response: str = Field(default="", max_length=1000)
    """With `support`: what a helper would say to whoever runs the persona. It is never posted by itself."""


class ModelUse(Payload):
    """One call of a model. What is not known is None, never a guess."""

    model: str
    phase: Literal["hook", "body", "condense", "moderation"]
    input_tokens: int | None = Field(default=None, ge=0)
    output_tokens: int | None = Field(default=None, ge=0)
    cost_usd: float | None = Field(default=None, ge=0)


class Draft(Payload):
    """What the persona runtime wrote."""

    hook: Words = Field(min_length=1, max_length=2000)
    body: Words = Field(min_length=1, max_length=4000)
    text: Words = Field(min_length=1, max_length=4000)
    """As it is posted: hook and body, within the platform's limit."""
    moderation: Moderation
    uses: tuple[ModelUse, ...] = ()
    condensed: int = Field(default=0, ge=0, le=3)

    @property
    def tokens(self) -> int:
        """Of all calls, as far as they are known."""
        return sum((use.input_tokens or 0) + (use.output_tokens or 0) for use in self.uses)

    @property
    def cost_usd(self) -> float | None:
        """Of all calls; None where the cost of one is not known."""
        known = [use.cost_usd for use in self.uses if use.cost_usd is not None]
        return sum(known) if len(known) == len(self.uses) else None


class PersonaRunRequest(Payload):
    """`POST /run` of the persona runtime."""

    version: Literal[1] = VERSION
    task_id: UUID
    persona_id: PersonaId
    topic: str = Field(default="", max_length=500)
    pain_statement: str = Field(default="", max_length=1000)
    trend_snippet: str = Field(default="", max_length=2000)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    """Of the offline writer; the same seed, the same words."""


class ModerationRequest(Payload):
    """`POST /moderate` of the persona runtime: for words that a person edited."""

    version: Literal[1] = VERSION
    persona_id: PersonaId
    hook: str = Field(max_length=2000)
    body: str = Field(max_length=4000)


class RunStep(Payload):
    """A frame of `POST /run` while it goes on: a node ended. `id` counts from 1."""

    id: int = Field(ge=1)
    node: Literal["ingest", "hook_llm", "body_llm", "condense", "guardrail", "format"]
    data: dict[str, JsonValue] = {}


class RunFailure(Payload):
    """The last frame of a run that failed. `transient`: the same again may help."""

    reason: str = Field(max_length=2000)
    transient: bool


class QueueMessage(Payload):
    """What the outbox sends to the queue. The database is the truth; a message only says where to look."""

    version: Literal[1] = VERSION
    task_id: UUID


class TaskEvent(Payload):
    """A row of a task's story, and a frame of its SSE stream: `seq`, from 1 without a gap, is the frame's id."""

    task_id: UUID
    seq: int = Field(ge=1)
    at: AwareDatetime
    kind: Literal["state", "note", "warning", "operator"]
    state: TaskState
    text: str = Field(max_length=2000)
    data: dict[str, JsonValue] = {}


class TaskView(Payload):
    """A task as the API shows it."""

    id: UUID
    persona_id: str
    task_type: TaskType
    state: TaskState
    reason: str = ""
    """Why it ended, or waits."""
    waits_for: Literal["", "approval", "time", "retry", "lookup", "person"] = ""
    topic: str = ""
    pain_statement: str = ""
    trend_snippet: str = ""
    hook: str = ""
    body: str = ""
    text: str = ""
    post_id: int | None = None
    twin_post_id: int | None = None
    media_id: str | None = None
    publish_at: AwareDatetime | None = None
    attempts: int = 0
    cost_usd: float | None = None
    """What its models cost; None: nothing is written yet, or nobody knows a price."""
    last_seq: int = 0
    """Of the last line of its story."""
    correlation_id: str = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime


class PostView(Payload):
    """A post as the API shows it."""

    id: int
    task_id: UUID
    persona_id: str
    hook: str
    body: str
    text: str
    tokens_used: int
    ts: datetime
    media_id: str | None = None
    published_at: AwareDatetime | None = None


class Edit(Payload):
    """`POST /task/{id}/approve` with other words: they are judged again before they are posted."""

    hook: Words | None = Field(default=None, min_length=1, max_length=2000)
    body: Words | None = Field(default=None, min_length=1, max_length=4000)


class Reason(Payload):
    """`POST /task/{id}/reject` and `/cancel`: why."""

    reason: str = Field(default="", max_length=500)


class Settlement(Payload):
    """`POST /task/{id}/settle`: what a person found out about a post that nobody could look up."""

    published: bool
    media_id: str | None = Field(default=None, pattern=r"^[0-9A-Za-z_-]{1,100}$")
    """Of the platform, where it is published and the person saw it."""

    @model_validator(mode="after")
    def _is_of_a_post(self) -> Self:
        if self.media_id is not None and not self.published:
            raise ValueError("what was not published has no media_id")
        return self
