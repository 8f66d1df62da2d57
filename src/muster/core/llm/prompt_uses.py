"""The core's own prompts: what every model is told beside the prompt of an agent."""

from pathlib import Path

from muster.core.prompts.files import PromptFolder
from muster.core.prompts.uses import CORE, AgentPrompts, PromptUse

ANSWER_FORM = PromptUse("answer_form", ("schema",))
"""Which form an answer has; it follows the instructions. `schema` is a JSON schema."""
ANSWER_CORRECTION = PromptUse("answer_correction", ("problem",))
"""Asks once more after an answer that is no use; `problem` is what was wrong with it, in one sentence."""
TOOL_RULES = PromptUse("tool_rules", ("most",))
"""What a model is told that may call tools; `most` is how often."""

CORE_PROMPTS = AgentPrompts(
    agent=CORE,
    folder=PromptFolder(Path(__file__).parent / "prompts"),
    uses=(ANSWER_FORM, ANSWER_CORRECTION, TOOL_RULES),
)
