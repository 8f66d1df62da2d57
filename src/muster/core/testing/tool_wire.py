"""The events of a streamed answer that calls a tool, as OpenAI's chat API and Anthropic's messages API send them."""

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from muster.core.testing.model_wire import Event
from muster.core.testing.openai_double import Behaviour, Exchange


def calls_tool(name: str, args: Mapping[str, JsonValue] | str, *, id: str = "call_double") -> Behaviour:
    """Streams one call of a tool, its arguments in two pieces; a text as `args` is sent as it is."""
    text = args if isinstance(args, str) else json.dumps(dict(args))

    def behave(exchange: Exchange) -> None:
        model = str(exchange.seen.body.get("model"))
        exchange.begin_stream()
        if exchange.seen.path.endswith("/messages"):
            exchange.stream(
                f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in _claude(model, id, name, text)
            )
        else:
            exchange.stream(f"data: {json.dumps(one)}\n\n" for one in _openai(model, id, name, text))
            exchange.stream(iter(["data: [DONE]\n\n"]))

    return behave


def _openai(model: str, id: str, name: str, text: str) -> Iterator[Event]:
    half = len(text) // 2
    first: JsonValue = {"index": 0, "id": id, "type": "function", "function": {"name": name, "arguments": text[:half]}}
    second: JsonValue = {"index": 0, "function": {"arguments": text[half:]}}
    opening: JsonValue = {"role": "assistant", "content": None}
    yield _chunk(model, opening, None)
    yield _chunk(model, {"tool_calls": [first]}, None)
    yield _chunk(model, {"tool_calls": [second]}, None)
    yield _chunk(model, {}, "tool_calls")
    usage: JsonValue = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    yield _envelope(model) | {"choices": [], "usage": usage}


def _claude(model: str, id: str, name: str, text: str) -> Iterator[Event]:
    half = len(text) // 2
    used: JsonValue = {"input_tokens": 120, "output_tokens": 1}
    message: JsonValue = {
        "id": "msg_double",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": used,
    }
    yield {"type": "message_start", "message": message}
    block: JsonValue = {"type": "tool_use", "id": id, "name": name, "input": {}}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for part in (text[:half], text[half:]):
        delta: JsonValue = {"type": "input_json_delta", "partial_json": part}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    end: JsonValue = {"stop_reason": "tool_use", "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"input_tokens": 120, "output_tokens": 30}}
    yield {"type": "message_stop"}


def _chunk(model: str, delta: JsonValue, ending: str | None) -> Event:
    choices: JsonValue = [{"index": 0, "delta": delta, "finish_reason": ending}]
    return _envelope(model) | {"choices": choices}


def _envelope(model: str) -> Event:
    return {"id": "chatcmpl-double", "object": "chat.completion.chunk", "created": 1, "model": model}
