"""The prompts of the persona runtime: which ones its code asks for, and what it gives each of them to say."""

from pathlib import Path

from muster.core.prompts.files import PromptFolder
from muster.core.prompts.uses import AgentPrompts, PromptUse

_BRIEF = ("persona", "voice", "emoji", "avoid", "topic", "pain_statement", "trend_snippet")

WRITE_HOOK = PromptUse("write_hook", _BRIEF)
"""The first line of a post."""
WRITE_BODY = PromptUse("write_body", (*_BRIEF, "hook"))
"""What follows on the hook."""
CONDENSE_BODY = PromptUse("condense_body", ("hook", "body", "problems"))
"""The body in fewer words; `problems` are the platform's, a line each."""

PROMPTS = AgentPrompts(
    agent="threads",
    folder=PromptFolder(Path(__file__).parent / "prompts"),
    uses=(WRITE_HOOK, WRITE_BODY, CONDENSE_BODY),
)
