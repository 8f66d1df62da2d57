"""A chat becomes a `Model`: the schema is asked for where the server has that, and held by us in every case.

An answer that does not fit is shown to the model once, with its error. After that the rules must do.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import JsonValue

from muster.core.llm.answers import read_answer, schema_of
from muster.core.llm.chat_model import Chat
from muster.core.llm.ledger import Call
from muster.core.llm.ports import AnswerT, Completed, Prompt, Tool, Unusable, Usage
from muster.core.llm.prompt_uses import ANSWER_CORRECTION, ANSWER_FORM, TOOL_RULES
from muster.core.llm.talk import Message, Reply, Request, ToolForm, Trouble
from muster.core.llm.tool_talk import talk_with_tools
from muster.core.prompts.library import PromptLibrary
from muster.core.redaction import redact

_LOG = logging.getLogger(__name__)

NumberT = TypeVar("NumberT", int, float)

_REPEATED = 20_000  # characters of an unusable answer that the model is shown again

# What a server may reject by name; it is left out then, for the rest of the run.
_OPTIONAL = {
    "schema": ("response_format", "json_schema", "output_config", "structured output", "grammar"),
    "temperature": ("temperature",),
}


class StructuredModel:
    """Satisfies `Model` over any chat. `prompts` are those of the run: what we say beside its prompt is in them too."""

    def __init__(self, chat: Chat, prompts: PromptLibrary, *, max_tokens: int, temperature: float) -> None:
        self._chat = chat
        self._prompts = prompts
        self._max_tokens = max_tokens
        self._temperature = temperature
        self._left_out: set[str] = set()

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """Ask, and once more with what was wrong. Raises as the port does."""
        return self._complete(prompt, schema, [])

    def complete_with_tools(
        self, prompt: Prompt, schema: type[AnswerT], tools: Sequence[Tool], *, most_calls: int
    ) -> Completed[AnswerT] | Unusable:
        """Let it call tools, and then ask as `complete` does, with what they said. Raises as the port does."""
        form, calls = schema_of(schema), list[Call]()
        rules = self._prompts.prompt(TOOL_RULES, {"most": str(most_calls)}).material
        told = replace(prompt, instructions=f"{prompt.instructions}\n\n{rules}")

        def ask(messages: tuple[Message, ...], forms: tuple[ToolForm, ...]) -> Reply | Trouble:
            return self._ask(messages, None, prompt, calls, forms)

        talked = talk_with_tools(ask, self._opening(told, form), tools, most_calls=most_calls)
        if isinstance(talked.reply, Reply):
            answer = _judged(talked.reply, schema)
            if not isinstance(answer, str):
                return Completed(answer, usage_of(calls))
        material = "\n\n".join((prompt.material, *talked.said))
        return self._complete(replace(prompt, material=material), schema, calls)

    def _complete(self, prompt: Prompt, schema: type[AnswerT], calls: list[Call]) -> Completed[AnswerT] | Unusable:
        form = schema_of(schema)
        messages = self._opening(prompt, form)
        reply = self._ask(messages, form, prompt, calls)
        answer = _judged(reply, schema)
        if isinstance(answer, str) and isinstance(reply, Reply) and reply.outcome != "declined":
            _LOG.info("an answer can't be used, the model is asked again: %s", answer)
            again = self._correction(messages, reply, answer)
            answer = _judged(self._ask(again, form, prompt, calls), schema)
        usage = usage_of(calls)
        return Unusable(redact(answer), usage) if isinstance(answer, str) else Completed(answer, usage)

    def _ask(
        self,
        messages: tuple[Message, ...],
        form: dict[str, JsonValue] | None,
        prompt: Prompt,
        calls: list[Call],
        tools: tuple[ToolForm, ...] = (),
    ) -> Reply | Trouble:
        while True:
            asked = self._chat.ask(self._request(messages, form, tools), prompt.ref)
            calls.extend(asked.calls)
            if isinstance(asked.reply, Reply) or not self._leave_out(asked.reply.said):
                return asked.reply

    def _opening(self, prompt: Prompt, form: dict[str, JsonValue]) -> tuple[Message, ...]:
        told = self._prompts.prompt(ANSWER_FORM, {"schema": json.dumps(form)}).material
        return (
            Message(role="system", content=f"{redact(prompt.instructions)}\n\n{told}"),
            Message(role="user", content=redact(prompt.material)),
        )

    def _correction(self, messages: tuple[Message, ...], reply: Reply, problem: str) -> tuple[Message, ...]:
        said = redact(reply.text.strip()[:_REPEATED]) or "(nothing)"  # no API takes an empty message
        told = self._prompts.prompt(ANSWER_CORRECTION, {"problem": problem}).material
        return (*messages, Message(role="assistant", content=said), Message(role="user", content=told))

    def _request(
        self, messages: tuple[Message, ...], form: dict[str, JsonValue] | None, tools: tuple[ToolForm, ...]
    ) -> Request:
        return Request(
            messages=messages,
            max_tokens=self._max_tokens,
            temperature=None if "temperature" in self._left_out else self._temperature,
            schema=None if "schema" in self._left_out else form,
            tools=tools,
        )

    def _leave_out(self, said: str) -> bool:
        for option, words in _OPTIONAL.items():
            if option not in self._left_out and any(word in said.lower() for word in words):
                self._left_out.add(option)
                return True
        return False


def usage_of(calls: Iterable[Call]) -> Usage:
    """What the calls used together; where a part of it is not known, the sum is not."""
    made = tuple(calls)
    return Usage(
        input_tokens=_sum([call.input_tokens for call in made]),
        output_tokens=_sum([call.output_tokens for call in made]),
        cost_usd=_sum([call.cost_usd for call in made]),
    )


def _judged(reply: Reply | Trouble, schema: type[AnswerT]) -> AnswerT | str:
    match reply:
        case Trouble(error=error):
            return error.message
        case Reply(outcome="declined", text=text):
            return f"the model declined: {text.strip()[:200] or 'without a word'}"
        case Reply():
            return read_answer(reply, schema)


def _sum(parts: list[NumberT | None]) -> NumberT | None:
    known = [part for part in parts if part is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(parts) else None
