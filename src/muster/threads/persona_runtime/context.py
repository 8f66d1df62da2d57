"""What a run has to work with."""

from dataclasses import dataclass

from muster.threads.common.personas import Persona
from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.ports import Author


@dataclass(frozen=True)
class RunContext:
    """Frozen; made for each run."""

    persona: Persona
    author: Author
    guardrail: Guardrail
