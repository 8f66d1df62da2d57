"""What `muster doctor` asks of Langfuse: does it answer, and to which project do the keys belong?"""

from typing import cast

from pydantic import JsonValue

from muster.core.health import ANSWER_S, Check, Health
from muster.core.prompts.langfuse_prompts import LangfuseKeys, open_langfuse
from muster.core.prompts.opening import langfuse_keys
from muster.core.settings import MusterSettings

_PROJECTS = "/api/public/projects"  # the project of the keys, as Langfuse's own SDK asks for it


def langfuse_checks(settings: MusterSettings) -> tuple[Check, ...]:
    """One check; none where LANGFUSE_ENABLED is off."""
    keys = langfuse_keys(settings)
    return () if keys is None else (Check("Langfuse", lambda: _health(keys), keys.base_url),)


def _health(keys: LangfuseKeys) -> Health:
    with open_langfuse(keys, timeout_s=ANSWER_S) as client:
        project = _project(client.json(client.get(_PROJECTS)))
    if project is None:
        advice = "Check LANGFUSE_BASE_URL: is it Langfuse that answers there?"
        return Health("failing", detail=f"what answers at {keys.base_url} knows no project of the keys", advice=advice)
    return Health("ok", detail=f"Langfuse answers at {keys.base_url}, project {project}")


def _project(answer: JsonValue) -> str | None:
    rows = answer.get("data") if isinstance(answer, dict) else None
    first = cast("list[JsonValue]", rows)[0] if isinstance(rows, list) and rows else None
    return str(first["name"]) if isinstance(first, dict) and "name" in first else None
