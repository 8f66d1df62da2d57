"""The events of a streamed answer, as OpenAI's chat API and Anthropic's messages API send them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

Ending = Literal["stop", "length", "content_filter", "refusal"]
Event = dict[str, JsonValue]

_CLAUDE_ENDINGS: dict[Ending, str] = {"stop": "end_turn", "length": "max_tokens"}
_PARTS = 3


@dataclass(frozen=True)
class Counts:
    """The tokens that the server says it counted."""

    input: int = 120
    output: int = 30
    cached: int = 0


def openai_events(model: str, text: str, ending: Ending, counts: Counts | None) -> Iterator[Event]:
    """What comes before `[DONE]`."""
    field = "refusal" if ending == "refusal" else "content"
    yield _chunk(model, {"role": "assistant", "content": ""})
    yield from (_chunk(model, {field: part}) for part in _parts(text))
    yield _chunk(model, {}, "stop" if ending == "refusal" else ending)
    if counts:
        usage: JsonValue = {
            "prompt_tokens": counts.input,
            "completion_tokens": counts.output,
            "total_tokens": counts.input + counts.output,
            "prompt_tokens_details": {"cached_tokens": counts.cached},
        }
        yield _envelope(model) | {"choices": [], "usage": usage}


def anthropic_events(model: str, text: str, ending: Ending, counts: Counts | None) -> Iterator[Event]:
    """From `message_start` to `message_stop`; the counts at the end are of the whole answer."""
    used: dict[str, JsonValue] = {"input_tokens": 0, "output_tokens": 0}
    if counts:
        cached, fresh = counts.cached, counts.input - counts.cached
        used = {"input_tokens": fresh, "cache_read_input_tokens": cached, "output_tokens": counts.output}
    message: JsonValue = {
        "id": "msg_double",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**used, "output_tokens": 1},
    }
    yield {"type": "message_start", "message": message}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for part in _parts(text):
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
    yield {"type": "content_block_stop", "index": 0}
    delta: JsonValue = {"stop_reason": _CLAUDE_ENDINGS.get(ending, "refusal"), "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": used}
    yield {"type": "message_stop"}


def _chunk(model: str, delta: Event, ending: str | None = None) -> Event:
    choices: JsonValue = [{"index": 0, "delta": delta, "finish_reason": ending}]
    return _envelope(model) | {"choices": choices}


def _envelope(model: str) -> Event:
    return {"id": "chatcmpl-double", "object": "chat.completion.chunk", "created": 1, "model": model}


def _parts(text: str) -> list[str]:
    size = max(1, -(-len(text) // _PARTS))
    return [text[start : start + size] for start in range(0, len(text), size)]
