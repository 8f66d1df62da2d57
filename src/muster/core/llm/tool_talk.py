"""The talk before an answer: the model calls tools, and reads what they say. Bounded, traced, redacted and fenced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muster.core.errors import MusterError
from muster.core.llm.ports import Tool
from muster.core.llm.talk import Message, Reply, ToolCall, ToolForm, Trouble
from muster.core.observability.tracing import span
from muster.core.prompts.uses import fence_of
from muster.core.redaction import redact, redact_json

MOST_RESULT = 8_000
"""Characters of what one call returns that the model reads."""
_CUT = "\n[cut off here]"

Ask = Callable[[tuple[Message, ...], tuple[ToolForm, ...]], Reply | Trouble]
"""Asks the model, with tools that it may call."""


@dataclass(frozen=True)
class Talked:
    """How the talk ended: the reply that calls no tool (None: no call is left), and what the tools said, fenced."""

    reply: Reply | Trouble | None
    said: tuple[str, ...]


def talk_with_tools(ask: Ask, opening: tuple[Message, ...], tools: Sequence[Tool], *, most_calls: int) -> Talked:
    """Let the model call tools until it answers, or has made so many calls."""
    messages, said = opening, list[str]()
    forms = tuple(ToolForm(one.name, one.description, one.parameters) for one in tools)
    while len(said) < most_calls:
        reply = ask(messages, forms)
        if isinstance(reply, Trouble) or not reply.calls or reply.outcome != "answered":
            return Talked(reply, tuple(said))
        calls = reply.calls[: most_calls - len(said)]
        results = [_called(call, tools) for call in calls]
        said += results
        messages = (*messages, _asking(reply, calls), *map(_answering, calls, results))
    return Talked(None, tuple(said))


def _called(call: ToolCall, tools: Sequence[Tool]) -> str:
    """What the tool says, between lines that it can't foresee."""
    with span(call["name"], kind="tool", input=redact_json(call["args"])) as current:
        text = redact(_result(call, tools))
        current.output(text)
    shown = text if len(text) <= MOST_RESULT else text[:MOST_RESULT] + _CUT
    fence = fence_of({"call": call["id"], "text": shown})
    return f"=== BEGIN TOOL {call['name'][:60]} {fence} ===\n{shown}\n=== END TOOL {call['name'][:60]} {fence} ==="


def _result(call: ToolCall, tools: Sequence[Tool]) -> str:
    tool = next((one for one in tools if one.name == call["name"]), None)
    if tool is None:
        return f"there is no tool {call['name'][:60]}; there are {', '.join(one.name for one in tools)}"
    try:
        return tool.call(call["args"])
    except MusterError as error:
        return f"it can't be had: {error.message} {error.advice}".rstrip()
    except ValueError as error:
        return f"the arguments do not fit: {error}"


def _asking(reply: Reply, calls: Sequence[ToolCall]) -> Message:
    return Message(role="assistant", content=redact(reply.text), tool_calls=list(calls))


def _answering(call: ToolCall, result: str) -> Message:
    return Message(role="tool", content=result, tool_call_id=call["id"])
