"""Requests and briefs for the persona runtime."""

from uuid import UUID

from muster.threads.common.contracts import PersonaRunRequest
from muster.threads.common.personas import Persona, load_personas
from muster.threads.persona_runtime.ports import Brief

TASK = UUID("00000000-0000-4000-8000-000000000001")
PERSONAS = load_personas()


def asked(persona_id: str = "ai-jesus", **given: object) -> PersonaRunRequest:
    return PersonaRunRequest.model_validate({"task_id": TASK, "persona_id": persona_id, **given})


def brief(persona: Persona = PERSONAS["ai-jesus"], **given: object) -> Brief:
    values = {"subject": "rest", "topic": "rest", "pain_statement": "", "trend_snippet": "", "seed": 0}
    return Brief(persona=persona, **{**values, **given})
