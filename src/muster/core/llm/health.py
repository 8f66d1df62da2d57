"""What `muster doctor` asks of the models' servers: which models they serve. That costs nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from muster.core.health import ANSWER_S, Check, Health
from muster.core.http import Service, connect
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.core.llm.provider import build_model, endpoint_of
from muster.core.llm.settings import ModelName, ModelSettings
from muster.core.llm.talk import Endpoint
from muster.core.llm.troubles import TITLES
from muster.core.prompts.library import FilePrompts

_ANTHROPIC_VERSION = "2026-10-21"  # as Anthropic's own library says (2.11)
_NAMED = 5


def model_checks(settings: ModelSettings, home: Path) -> tuple[Check, ...]:
    """One check for each model that may be asked; none where rules do the work alone."""
    return tuple(_check(settings, home, name) for name in settings.models)


def _check(settings: ModelSettings, home: Path, name: ModelName) -> Check:
    def run() -> Health:
        build_model(settings, home, FilePrompts(CORE_PROMPTS.folder))  # it says what is missing: the extra, a price
        return _health(endpoint_of(settings, name))

    return Check(f"model {name}", run, endpoint_of(settings, name).base_url)


def _health(endpoint: Endpoint) -> Health:
    provider, title = endpoint.name.provider, TITLES[endpoint.name.provider]
    service = Service(title, f"{provider}_base_url".upper(), f"{provider}_api_key".upper())
    path = "v1/models" if provider == "anthropic" else "models"
    with connect(f"{endpoint.base_url}/", service=service, timeout_s=ANSWER_S, headers=_headers(endpoint)) as client:
        served = _served(client.json(client.get(path, params=_params(endpoint))))
    if endpoint.name.model in served:
        return Health("ok", detail=f"{title} serves it at {endpoint.base_url}")
    others = ", ".join(served[:_NAMED]) or "none"
    advice = f"Name what it serves in {provider.upper()}_MODEL or LLM_FALLBACKS: {others}."
    return Health("not ready", detail=f"{title} at {endpoint.base_url} does not serve it", advice=advice)


def _headers(endpoint: Endpoint) -> Mapping[str, str]:
    version = {"anthropic-version": _ANTHROPIC_VERSION} if endpoint.name.provider == "anthropic" else {}
    return version | ({"Authorization": f"Bearer {endpoint.key.get_secret_value()}"} if endpoint.key else {})


def _params(endpoint: Endpoint) -> Mapping[str, str]:
    return {"limit": "1000"} if endpoint.name.provider == "anthropic" else {}


def _served(answer: JsonValue) -> list[str]:
    listed = answer.get("data") if isinstance(answer, dict) else None
    rows = cast(list[JsonValue], listed) if isinstance(listed, list) else []
    return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]
