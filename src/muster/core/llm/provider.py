"""Settings in, model out: the only place that picks one."""

from datetime import date
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from muster.core.clock import Clock, SystemClock
from muster.core.errors import SettingsError
from muster.core.extras import require
from muster.core.llm.budget import Budget
from muster.core.llm.chat_model import ChatModel
from muster.core.llm.fallback import FallbackModel
from muster.core.llm.ports import Model
from muster.core.llm.prices import PriceTable, load_prices
from muster.core.llm.settings import ModelName, ModelSettings
from muster.core.llm.structured import StructuredModel
from muster.core.llm.talk import Endpoint
from muster.core.prompts.library import PromptLibrary

EXTRA_MODULES = ("langchain_core", "langchain_openai", "langchain_anthropic", "httpx2", "langsmith")


def build_model(
    settings: ModelSettings, home: Path, prompts: PromptLibrary, clock: Clock | None = None
) -> Model | None:
    """The models that the settings name, as one; None where rules do the work alone. `prompts` are those of the run.

    Raises MissingExtraError, and SettingsError for a budget that can't be held because a price is not known.
    """
    if not settings.models:
        return None
    require("models", *EXTRA_MODULES)
    clock = clock or SystemClock()
    prices, budget = load_prices(home), Budget(settings.max_run_cost_usd)
    _check_prices(settings, prices, home, clock.now().date())
    chats = {name: _chat(settings, name, prices, budget, clock) for name in settings.models}
    length, temperature = settings.llm_max_tokens, settings.llm_temperature
    return FallbackModel(
        {name: StructuredModel(chats[name], prompts, max_tokens=length, temperature=temperature) for name in chats}
    )


def endpoint_of(settings: ModelSettings, name: ModelName) -> Endpoint:
    """Where a model is served, and the key for it."""
    key = cast("SecretStr | None", getattr(settings, f"{name.provider}_api_key"))
    return Endpoint(name, str(getattr(settings, f"{name.provider}_base_url")), key)


def _chat(settings: ModelSettings, name: ModelName, prices: PriceTable, budget: Budget, clock: Clock) -> ChatModel:
    return ChatModel(
        endpoint_of(settings, name), timeout_s=settings.llm_timeout_s, prices=prices, budget=budget, clock=clock
    )


def _check_prices(settings: ModelSettings, prices: PriceTable, home: Path, day: date) -> None:
    if settings.max_run_cost_usd is None:
        return
    if unknown := [str(name) for name in settings.models if prices.price(name.provider, name.model, day) is None]:
        raise SettingsError(
            f"MAX_RUN_COST_USD can't be held: the price of {', '.join(unknown)} is not known",
            advice=f"Write it into {home / 'prices.yaml'}, 0 for a server of your own, or unset MAX_RUN_COST_USD.",
        )
