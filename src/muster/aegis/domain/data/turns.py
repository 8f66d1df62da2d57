"""Lists of messages, in OpenAI's or ShareGPT's words, become turns whose order makes sense."""

from itertools import pairwise

from pydantic import JsonValue

from muster.aegis.domain.data.dropped import Drop
from muster.aegis.domain.data.rows import Role, Turn

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}
"""The words for roles that are met in public data sets, and ours."""

NO_LIST = Drop("dataset_row", "the messages are no list of objects, or empty")
UNKNOWN_ROLE = Drop("chat_template_role", "a role that is not known")
NO_ROLE = Drop("dataset_row", "a message without a role")
NO_CONTENT = Drop("dataset_row", "a message whose content is missing or no text")
EMPTY_CONTENT = Drop("dataset_row", "an empty message")
WRONG_ORDER = Drop("chat_template_role", "roles in the wrong order")
NO_ASSISTANT = Drop("dataset_all_masked", "no message of the assistant: nothing to train on")


def read_turns(value: JsonValue) -> tuple[Turn, ...] | Drop:
    """The turns of a list of messages, or why there are none."""
    if not isinstance(value, list) or not value:
        return NO_LIST
    turns: list[Turn] = []
    for item in value:
        turn = _turn(item)
        if isinstance(turn, Drop):
            return turn
        turns.append(turn)
    return tuple(turns)


def in_order(turns: tuple[Turn, ...]) -> Drop | None:
    """Whether a system message stands first or nowhere, then user and assistant by turns, tools where they may."""
    talk = turns[1:] if turns[0].role == "system" else turns
    if not talk or talk[0].role != "user":
        return WRONG_ORDER
    for one, following in pairwise(talk):
        if following.role not in _MAY_FOLLOW[one.role]:
            return WRONG_ORDER
    return None


_MAY_FOLLOW: dict[Role, tuple[Role, ...]] = {
    "system": (),
    "user": ("assistant",),
    "assistant": ("user", "tool"),
    "tool": ("tool", "assistant"),
}


def _turn(item: JsonValue) -> Turn | Drop:
    if not isinstance(item, dict):
        return NO_LIST
    named = item.get("role", item.get("from"))
    if not isinstance(named, str):
        return NO_ROLE
    role = ROLES.get(named.strip().lower())
    if role is None:
        return Drop(UNKNOWN_ROLE.kind, UNKNOWN_ROLE.reason, repr(named[:40]))
    content = _content(item.get("content", item.get("value")))
    if content is None:
        return NO_CONTENT
    return Turn(role, content) if content.strip() or role == "system" else EMPTY_CONTENT


def _content(value: JsonValue) -> str | None:
    """Text, or OpenAI's list of parts where all of them are text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return None
    parts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in value]
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(parts) else None
