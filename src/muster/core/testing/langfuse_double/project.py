"""What the double's one project holds."""

from dataclasses import dataclass, field

from muster.core.testing.langfuse_double.prompt_versions import PromptVersion


@dataclass
class Project:
    """All that clients have written. Handlers run under the server's lock."""

    prompts: list[PromptVersion] = field(default_factory=list[PromptVersion])
    protected_labels: set[str] = field(default_factory=set[str])
