"""The prompts of aegis: which ones its code asks for, and what it gives each of them to say."""

from pathlib import Path

from muster.core.prompts.files import PromptFolder
from muster.core.prompts.uses import AgentPrompts, PromptUse

PARSE_INTENT = PromptUse("parse_intent", ("words", "unread", "known"))
"""Values of a training from a user's words. `unread` are the clauses that no rule reads; `known` is what they read."""

PROMPTS = AgentPrompts(agent="aegis", folder=PromptFolder(Path(__file__).parent / "prompts"), uses=(PARSE_INTENT,))
