"""Asks models of a double, as an agent would."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from muster.core.llm.budget import Budget
from muster.core.llm.chat_model import ChatModel
from muster.core.llm.ledger import Call, Ledger, kept_in
from muster.core.llm.ports import AnswerT, Completed, Model, Prompt, Unusable
from muster.core.llm.prices import Price, PriceTable
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.core.llm.settings import ModelName, ProviderName
from muster.core.llm.structured import StructuredModel
from muster.core.llm.talk import Endpoint
from muster.core.prompts.library import FilePrompts, PromptLibrary
from muster.core.testing.openai_double import OpenAIDouble

CORE_FILES = FilePrompts(CORE_PROMPTS.folder)
PROVIDERS: tuple[ProviderName, ...] = ("vllm", "openai", "anthropic")
PROMPT = Prompt("Say what kind of workload this is.", "FROM python:3.12\nEXPOSE 8000")
GOOD = '{"kind": "web", "replicas": 2}'
KEY = "planted-key-0123456789abcdef"
PRICE = Price(
    provider="vllm",
    models=("Qwen/Qwen3-32B",),
    since=date(2020, 1, 1),
    input_usd=1.0,
    output_usd=4.0,
    cached_usd=0.1,
    source="a test",
)


class Workload(BaseModel):
    """What the tests ask for."""

    kind: str
    replicas: int = Field(ge=1)


def model_of(
    double: OpenAIDouble,
    provider: ProviderName = "vllm",
    *,
    timeout_s: float = 20.0,
    max_usd: float | None = None,
    price: Price | None = PRICE,
    pauses: list[float] | None = None,
    max_tokens: int = 100,
    prompts: PromptLibrary = CORE_FILES,
) -> StructuredModel:
    """A model of the double; its pauses before another try are noted instead of waited for."""
    slept = pauses if pauses is not None else []
    url = double.address if provider == "anthropic" else f"{double.address}/v1"
    chat = ChatModel(
        Endpoint(ModelName(provider, "Qwen/Qwen3-32B"), url, SecretStr(KEY)),
        timeout_s=timeout_s,
        prices=PriceTable(((price,) if price else (),)),
        budget=Budget(max_usd),
        sleep=slept.append,
    )
    return StructuredModel(chat, prompts, max_tokens=max_tokens, temperature=0.0)


@contextmanager
def ledger_at(path: Path, run: str = "run-1") -> Generator[Ledger]:
    """A ledger that is kept in the block."""
    ledger = Ledger(path, run=run, agent="nomad")
    with kept_in(ledger):
        yield ledger


def asked(model: Model, schema: type[AnswerT] = Workload) -> Completed[AnswerT] | Unusable:
    return model.complete(PROMPT, schema)


def outcomes(calls: tuple[Call, ...]) -> list[str]:
    return [call.outcome for call in calls]
