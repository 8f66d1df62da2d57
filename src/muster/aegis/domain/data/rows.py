"""The canonical kinds of rows: what every format is converted to, and what the training reads."""

from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

Role = Literal["system", "user", "assistant", "tool"]
RowKind = Literal["messages", "prompt_completion", "preference", "text"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Messages:
    """A conversation; what the assistant says is trained on."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """A prompt, and what is trained on."""

    prompt: str
    completion: str


@dataclass(frozen=True, slots=True)
class Preference:
    """Two answers to a prompt, the better one first. The prompt is plain text or the turns before the answer."""

    prompt: str | tuple[Turn, ...]
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; all of it is trained on."""

    text: str


Row = Messages | Completion | Preference | Text


def as_json(row: Row) -> dict[str, JsonValue]:
    """The row as a line of the file that the training reads."""
    match row:
        case Messages(turns):
            return {"messages": _listed(turns)}
        case Completion(prompt, completion):
            return {"prompt": prompt, "completion": completion}
        case Preference(prompt, chosen, rejected):
            start: JsonValue = prompt if isinstance(prompt, str) else _listed(prompt)
            return {"prompt": start, "chosen": chosen, "rejected": rejected}
        case Text(text):
            return {"text": text}


def prompt_text(row: Row) -> str:
    """What is asked, without what is answered; empty for plain text."""
    match row:
        case Messages(turns):
            return "\n".join(turn.content for turn in turns if turn.role != "assistant")
        case Completion(prompt, _):
            return prompt
        case Preference(prompt, _, _):
            return prompt if isinstance(prompt, str) else "\n".join(turn.content for turn in prompt)
        case Text():
            return ""


def whole_text(row: Row) -> str:
    """Every word of the row, roles left out."""
    match row:
        case Messages(turns):
            return "\n".join(turn.content for turn in turns)
        case Completion(prompt, completion):
            return f"{prompt}\n{completion}"
        case Preference(_, chosen, rejected):
            return f"{prompt_text(row)}\n{chosen}\n{rejected}"
        case Text(text):
            return text


def kind_of(row: Row) -> RowKind:
    """The name of its kind."""
    match row:
        case Messages():
            return "messages"
        case Completion():
            return "prompt_completion"
        case Preference():
            return "preference"
        case Text():
            return "text"


def _listed(turns: tuple[Turn, ...]) -> list[JsonValue]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]
