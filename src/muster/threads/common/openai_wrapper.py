"""Models for the services, on the core's provider, prices and ledger: words or a filled schema, and what they cost.

Without a key, or with `OPENAI_API_KEY=test`, nobody is asked anything: the caller's offline writer does it.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Generic, Literal

from muster.core.clock import Clock, SystemClock
from muster.core.errors import UsageError, WorkFailedError
from muster.core.extras import require
from muster.core.llm.budget import Budget
from muster.core.llm.chat_model import ChatModel
from muster.core.llm.ledger import Call, Ledger, kept_in
from muster.core.llm.ports import AnswerT, Completed, Prompt, Usage
from muster.core.llm.prices import PriceTable, load_prices
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.core.llm.provider import EXTRA_MODULES, endpoint_of
from muster.core.llm.settings import ModelName
from muster.core.llm.structured import StructuredModel, usage_of
from muster.core.llm.talk import Message, Reply, Request
from muster.core.prompts.library import FilePrompts
from muster.core.redaction import redact
from muster.threads.common.contracts import ModelUse
from muster.threads.common.correlation import http_headers
from muster.threads.common.metric_windows import HOURLY_DOLLARS
from muster.threads.common.metrics import know, record_tokens
from muster.threads.common.personas import Persona
from muster.threads.common.settings import ThreadsSettings

ANSWER_S = 20.0
"""Of one answer, repeated tries included: hook, body and three condensations fit a worker's lease."""

_CORE_PROMPTS = FilePrompts(CORE_PROMPTS.folder)

WritingPhase = Literal["hook", "body", "condense"]


class OfflineError(UsageError):
    """No model is asked: the settings say so."""


class ModelRefusedError(WorkFailedError):
    """The model, or its server, would not: the same again will not help."""


@dataclass(frozen=True)
class Written:
    """A model's words, and what they took."""

    text: str
    use: ModelUse


@dataclass(frozen=True)
class Filled(Generic[AnswerT]):
    """A schema that a model filled, and what that took."""

    answer: AnswerT
    use: ModelUse


def chosen_model(settings: ThreadsSettings, persona: Persona, phase: WritingPhase) -> ModelName:
    """Who writes: the persona's own model, else the settings'; for all but the hook an adapter of the vLLM server comes
    before a model of the same place."""
    if phase == "hook":
        return ModelName("openai", persona.hook_model or settings.hook_model)
    if persona.lora or (settings.lora_path and not persona.body_model):
        return ModelName("vllm", persona.lora or settings.lora_path)
    return ModelName("openai", persona.body_model or settings.body_model)


class OpenAIWrapper:
    """Asks models in a persona's name, within its dollars of a day. Used by several threads at once.

    Every call goes to a ledger, `MUSTER_HOME/threads/calls/PERSONA/DAY.jsonl`, which outlives the process; calls that
    are under way at the same time don't know of one another's dollars.
    """

    def __init__(
        self, settings: ThreadsSettings, *, clock: Clock | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._ledgers: dict[Path, Ledger] = {}
        self._lock = Lock()

    def write(self, persona: Persona, phase: WritingPhase, prompt: Prompt) -> Written:
        """Words. Raises OfflineError, BudgetError, ModelRefusedError (declined, cut off or rejected), and ServiceError
        where the server is away or has no time."""
        with self._asking(persona, phase) as (name, chat):
            asked = chat.ask(self._request(prompt), prompt.ref)
        reply = asked.reply
        if not isinstance(reply, Reply):
            raise ModelRefusedError(reply.error.message, advice=reply.error.advice)
        if reply.outcome != "answered" or not reply.text.strip():
            said = reply.outcome if reply.outcome != "answered" else "empty"
            raise ModelRefusedError(f"the {phase} of {name} was {said}", advice="Raise LLM_MAX_TOKENS, or reword it.")
        return Written(reply.text.strip(), _use(name, phase, usage_of(asked.calls)))

    def fill(self, persona: Persona, phase: WritingPhase, prompt: Prompt, schema: type[AnswerT]) -> Filled[AnswerT]:
        """A schema. Raises as `write` does; ModelRefusedError where the answer does not fit, though asked twice."""
        with self._asking(persona, phase) as (name, chat):
            length, temperature = self._settings.llm_max_tokens, self._settings.llm_temperature
            model = StructuredModel(chat, _CORE_PROMPTS, max_tokens=length, temperature=temperature)
            answer = model.complete(prompt, schema)
        if not isinstance(answer, Completed):
            raise ModelRefusedError(f"{name} did not fill the {phase}: {answer.reason}")
        return Filled(answer.answer, _use(name, phase, answer.usage))

    @contextmanager
    def _asking(self, persona: Persona, phase: WritingPhase) -> Generator[tuple[ModelName, ChatModel]]:
        """A model that may be asked in the block, whose calls are kept and counted."""
        if self._settings.offline:
            raise OfflineError("no model is asked without OPENAI_API_KEY", advice="Set it; `test` means offline, too.")
        require("models", *EXTRA_MODULES)
        name = chosen_model(self._settings, persona, phase)
        know(models=[name.model])
        with kept_in(self._ledger(persona.id)):
            yield name, self._chat(persona, name)

    def _chat(self, persona: Persona, name: ModelName) -> ChatModel:
        return ChatModel(
            replace(endpoint_of(self._settings, name), headers=http_headers()),
            timeout_s=min(self._settings.llm_timeout_s, ANSWER_S),
            prices=self._prices,
            budget=Budget(persona.limits.usd_per_day, f"usd_per_day of {persona.id}"),
            clock=self._clock,
            sleep=self._sleep,
        )

    def _ledger(self, persona_id: str) -> Ledger:
        """Today's; yesterday's is let go."""
        day = self._clock.now().date()
        file = self._settings.threads_home / "calls" / persona_id / f"{day}.jsonl"
        with self._lock:
            if file not in self._ledgers:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._ledgers = {kept: one for kept, one in self._ledgers.items() if kept.name == file.name}
                self._ledgers[file] = _CountedLedger(file, run=str(day), agent=persona_id)
            return self._ledgers[file]

    @cached_property
    def _prices(self) -> PriceTable:
        return load_prices(self._settings.muster_home)

    def _request(self, prompt: Prompt) -> Request:
        """The server's own temperature: repeating itself is no virtue of a writer."""
        told = Message(role="system", content=redact(prompt.instructions))
        asked = Message(role="user", content=redact(prompt.material))
        return Request(messages=(told, asked), max_tokens=self._settings.llm_max_tokens)


class _CountedLedger(Ledger):
    """Each call is a number in the metrics too, whatever became of it."""

    def record(self, call: Call) -> None:
        """Keep it, and count it."""
        super().record(call)
        tokens = [one for one in (call.input_tokens, call.output_tokens) if one is not None]
        record_tokens(call.model, sum(tokens) if tokens else None, price_known=call.cost_usd is not None)
        if call.cost_usd is not None:
            HOURLY_DOLLARS.add(call.model, call.cost_usd)


def _use(name: ModelName, phase: WritingPhase, usage: Usage) -> ModelUse:
    return ModelUse(
        model=name.model,
        phase=phase,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=usage.cost_usd,
    )
