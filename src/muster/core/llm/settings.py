"""Which language models are asked, and what they may cost. Without any of it, rules do the work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self, cast, get_args

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

ProviderName = Literal["vllm", "openai", "anthropic"]

_NAMED = re.compile(rf"({'|'.join(get_args(ProviderName))}):(\S+)")


@dataclass(frozen=True)
class ModelName:
    """A model, and who serves it."""

    provider: ProviderName
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


class ModelSettings(BaseSettings):
    """A part of every command's settings. A provider that is asked needs its key."""

    llm_provider: Literal["vllm", "openai", "anthropic", "none"] = Field(
        default="none", description="Whose model is asked: vllm, openai, anthropic, or none: rules alone."
    )
    llm_fallbacks: str | None = Field(
        default=None,
        description="Models to ask when the first is away or too slow, in order: provider:model, provider:model.",
    )
    llm_temperature: float = Field(default=0.0, ge=0, le=2, description="0 to 2; 0 repeats itself the most.")
    llm_max_tokens: int = Field(default=4096, ge=1, description="Tokens of one answer, at most.")
    llm_timeout_s: float = Field(
        default=120.0, gt=0, le=86_400, description="Seconds for one answer of one model, repeated tries included."
    )
    vllm_base_url: str = Field(
        default="http://127.0.0.1:8000/v1", description="Address of a vLLM server, or any that speaks OpenAI's API."
    )
    vllm_model: str = Field(default="Qwen/Qwen3-32B", description="The model that it serves.")
    vllm_api_key: SecretStr | None = Field(default=None, description="What vLLM was started with as --api-key.")
    openai_base_url: str = Field(default="https://api.openai.com/v1", description="Address of OpenAI's API.")
    openai_api_key: SecretStr | None = Field(default=None, description="Key of OpenAI's API.")
    openai_model: str = Field(default="gpt-5-mini", description="Which of OpenAI's models.")
    anthropic_base_url: str = Field(default="https://api.anthropic.com", description="Address of Anthropic's API.")
    anthropic_api_key: SecretStr | None = Field(default=None, description="Key of Anthropic's API.")
    anthropic_model: str = Field(default="claude-haiku-4-5", description="Which of Anthropic's models.")
    max_run_cost_usd: float | None = Field(
        default=None, gt=0, description="Dollars that the models of one run may cost; empty: no limit."
    )

    @property
    def models(self) -> tuple[ModelName, ...]:
        """The models to ask, the first first; none where rules do it alone."""
        if self.llm_provider == "none":
            return ()
        first = ModelName(self.llm_provider, str(getattr(self, f"{self.llm_provider}_model")))
        return tuple(dict.fromkeys((first, *_named(self.llm_fallbacks or ""))))

    @field_validator("llm_fallbacks")
    @classmethod
    def _name_models(cls, text: str | None) -> str | None:
        list(_named(text or ""))
        return text

    @field_validator("vllm_base_url", "openai_base_url", "anthropic_base_url")
    @classmethod
    def _is_a_base_url(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return address.rstrip("/")

    @field_validator("vllm_api_key", "openai_api_key", "anthropic_api_key")
    @classmethod
    def _is_an_api_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key and not re.fullmatch(r"[!-~]+", key.get_secret_value()):
            raise ValueError("a key has no spaces, line ends or letters beyond ASCII")
        return key

    @model_validator(mode="after")
    def _models_have_keys(self) -> Self:
        asked = {name.provider for name in self.models} - {"vllm"}
        missing = [f"{one}_api_key".upper() for one in sorted(asked) if getattr(self, f"{one}_api_key") is None]
        if missing:
            raise ValueError(f"{' and '.join(missing)} is not set, and LLM_PROVIDER or LLM_FALLBACKS ask for it")
        if self.llm_fallbacks and self.llm_provider == "none":
            raise ValueError("LLM_FALLBACKS is set, and LLM_PROVIDER, which is asked first, is not")
        return self


def _named(text: str) -> Iterator[ModelName]:
    for one in filter(None, map(str.strip, text.split(","))):
        found = _NAMED.fullmatch(one)
        if found is None:
            raise ValueError(f"{one!r} is no provider:model, such as vllm:Qwen/Qwen3-8B")
        yield ModelName(cast(ProviderName, found[1]), found[2])
