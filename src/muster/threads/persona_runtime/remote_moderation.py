"""`omni-moderation-latest` over HTTP: OpenAI's moderation endpoint, which costs nothing and needs a key.

Source: the API reference, POST /v1/moderations (`results[].categories`, `category_scores`).
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, SecretStr, ValidationError

from muster.core.errors import ServiceFailureError
from muster.core.http import Service, connect
from muster.threads.common.contracts import Finding

MODEL = "omni-moderation-latest"
_SERVICE = Service("OpenAI's moderation", "OPENAI_BASE_URL", "OPENAI_API_KEY")
_TIMEOUT_S = 5.0
Category = Literal["violence", "hate", "sexual", "self_harm", "illegal", "toxicity"]
_CATEGORIES: Mapping[str, Category] = {
    "violence": "violence", "hate": "hate", "sexual": "sexual", "illicit": "illegal", "harassment": "toxicity",
    "self-harm": "self_harm",
}  # fmt: skip
_DESPAIR = "self-harm/intent"


class _Result(BaseModel):
    categories: dict[str, bool]
    category_scores: dict[str, float] = {}


class _Answer(BaseModel):
    results: tuple[_Result, ...]


class OmniModeration:
    """Satisfies `RemoteModerator`. Closes with `close`."""

    name = MODEL

    def __init__(self, base_url: str, key: SecretStr) -> None:
        headers = {"authorization": f"Bearer {key.get_secret_value()}"}
        self._client = connect(base_url, service=_SERVICE, timeout_s=_TIMEOUT_S, headers=headers)

    def judge(self, text: str) -> tuple[Finding, ...]:
        """Its flagged categories. Raises ServiceError."""
        response = self._client.post("moderations", json={"model": MODEL, "input": text})
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise ServiceFailureError(f"{_SERVICE.name} answered with something that is no verdict") from error
        return tuple(
            _finding(name, result.category_scores.get(name))
            for result in answer.results
            for name, flagged in sorted(result.categories.items())[:50]
            if flagged
        )

    def close(self) -> None:
        """Drop all connections."""
        self._client.close()


def _finding(name: str, score: float | None) -> Finding:
    rule = f"support.{MODEL}" if name == _DESPAIR else f"{MODEL} {name[:100]}"
    return Finding(rule=rule, category=_CATEGORIES.get(name.partition("/")[0], "toxicity"), score=score)
