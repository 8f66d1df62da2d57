"""What goes to a model's server and what comes back, as values that name no vendor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

from pydantic import JsonValue, SecretStr

from muster.core.errors import ServiceError
from muster.core.llm.ledger import Outcome
from muster.core.llm.settings import ModelName
from muster.core.redaction import remember_secrets

Role = Literal["system", "user", "assistant", "tool"]


class ToolCall(TypedDict):
    """A call of a tool that the model asks for."""

    id: str
    name: str
    args: dict[str, JsonValue]
    type: Literal["tool_call"]


class Message(TypedDict):
    """One part of a conversation. `tool_calls` are those of an assistant, `tool_call_id` names the one that a tool's
    words answer."""

    role: Role
    content: str
    tool_calls: NotRequired[list[ToolCall]]
    tool_call_id: NotRequired[str]


@dataclass(frozen=True)
class ToolForm:
    """A tool as a server is told of it."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Endpoint:
    """A model, where it is served, the key for it, and headers that its server is sent with every request."""

    name: ModelName
    base_url: str
    key: SecretStr | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if self.key:
            remember_secrets([self.key.get_secret_value()])  # servers quote it in their errors


@dataclass(frozen=True)
class Request:
    """What is asked. `temperature` None leaves it to the server, `schema` None leaves the form of the answer free.

    Tools and a schema are never asked for together: a server that holds a schema lets no tool be called.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    schema: dict[str, JsonValue] | None = None
    tools: tuple[ToolForm, ...] = ()


@dataclass(frozen=True)
class Reply:
    """The model's words. `outcome` says whether they are complete; tokens that the server did not count are None."""

    text: str
    outcome: Literal["answered", "cut off", "declined"]
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """No words came. `error` says so to a human; `wait_s` is how long the server asks to be left alone.

    `said` is what the server answered, for those who look for a reason in it.
    """

    outcome: Outcome
    error: ServiceError
    wait_s: float | None = None
    said: str = ""
