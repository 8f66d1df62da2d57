"""A prompt as Langfuse exports it: what a file in a prompt folder holds, and what the API answers with."""

import json
from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from muster.core.errors import PromptError

_Config = dict[str, JsonValue]
PromptType = Literal["text", "chat"]

_DSPY = "dspy_metadata"


class Message(BaseModel):
    """One message of a chat prompt."""

    model_config = ConfigDict(frozen=True)

    role: str
    content: str


def _without_null(config: object) -> object:
    return {} if config is None else config


class StoredPrompt(BaseModel):
    """One version of a prompt. `prompt` is a text, or the messages of a chat; labels are Langfuse's.

    `dspy_metadata` says how an optimized prompt was made. Langfuse has no such field: it travels inside `config`.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=255)
    type: PromptType
    prompt: str | list[Message]
    config: Annotated[_Config, BeforeValidator(_without_null)] = {}
    version: int = Field(ge=1)
    labels: list[str] = []
    tags: list[str] = []
    dspy_metadata: _Config | None = None

    def texts(self) -> tuple[str, ...]:
        """Every text of the prompt, in order."""
        return (self.prompt,) if isinstance(self.prompt, str) else tuple(one.content for one in self.prompt)

    def with_texts(self, texts: tuple[str, ...]) -> "StoredPrompt":
        """The same prompt with these texts in the places of its own."""
        if isinstance(self.prompt, str):
            return self.model_copy(update={"prompt": texts[0]})
        messages = [Message(role=one.role, content=text) for one, text in zip(self.prompt, texts, strict=True)]
        return self.model_copy(update={"prompt": messages})

    def says_the_same(self, other: "StoredPrompt") -> bool:
        """Whether a model would notice no difference: the same type, messages and config."""
        return (self.type, self.prompt, self.sent_config()) == (other.type, other.prompt, other.sent_config())

    def sent_config(self) -> _Config:
        """The config as Langfuse keeps it."""
        return self.config if self.dspy_metadata is None else {**self.config, _DSPY: self.dspy_metadata}

    def document(self) -> str:
        """The file's text."""
        fields = self.model_dump(mode="json")
        if self.dspy_metadata is None:
            del fields[_DSPY]
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


def read_stored(document: object, where: str) -> StoredPrompt:
    """The prompt that a file or an answer holds. Raises PromptError, which says `where`, for anything else."""
    try:
        prompt = StoredPrompt.model_validate(_unpacked(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise PromptError(f"{where} is no prompt in Langfuse's export format: {field}: {first['msg']}") from error
    if isinstance(prompt.prompt, str) != (prompt.type == "text"):
        raise PromptError(f"{where} has the type {prompt.type}, and its prompt is of the other one")
    return prompt


def _unpacked(document: object) -> object:
    """The document with what travelled inside its config in a place of its own."""
    fields = _as_dict(document)
    config = _as_dict(fields.get("config"))
    if _DSPY not in config:
        return document
    rest = {key: value for key, value in config.items() if key != _DSPY}
    return {**fields, "config": rest, _DSPY: config[_DSPY]}


def _as_dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
