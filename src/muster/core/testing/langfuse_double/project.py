"""What the double's one project holds."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from muster.core.testing.langfuse_double.observation import Observation
from muster.core.testing.langfuse_double.prompt_versions import PromptVersion


@dataclass
class Project:
    """All that clients have written. Handlers run under the server's lock."""

    prompts: list[PromptVersion] = field(default_factory=list[PromptVersion])
    protected_labels: set[str] = field(default_factory=set[str])
    observations: dict[tuple[str, str], Observation] = field(default_factory=dict[tuple[str, str], Observation])
    """By trace and id."""
    exports: list[str] = field(default_factory=list[str])
    """Every batch of spans as text, whole: what is not in it was not sent."""
    scores: dict[str, dict[str, JsonValue]] = field(default_factory=dict[str, dict[str, JsonValue]])
