"""The command line `nomad-spec-prompt`: the prompts of nomad-spec, here and in Langfuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster.core.cli import run_cli
from muster.core.prompts.command_line import prompt_app

if TYPE_CHECKING:
    from muster.core.prompts.uses import AgentPrompts


def load_prompts() -> tuple[AgentPrompts, ...]:
    """The prompts of this agent, and those of the core that its models are told too."""
    from muster.core.llm.prompt_uses import CORE_PROMPTS
    from muster.nomad.prompt_uses import PROMPTS

    return (PROMPTS, CORE_PROMPTS)


app = prompt_app(load_prompts, "The prompts of nomad-spec: list, compare, push, pull and promote them in Langfuse.")


def main() -> None:
    """Entry point `nomad-spec-prompt`."""
    run_cli(app)
