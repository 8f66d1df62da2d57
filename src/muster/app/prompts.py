"""`muster prompts`: the prompts of every agent, and the core's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` imports this file
    from muster.core.prompts.uses import AgentPrompts


def prompts_of(agents: Mapping[str, str], *beside: str) -> Callable[[], tuple[AgentPrompts, ...]]:
    """Loads what each agent's package says in `prompt_uses.PROMPTS`, then those of the modules beside them, then the
    core's.

    An agent without that module has no prompts.
    """

    def load() -> tuple[AgentPrompts, ...]:
        from muster.core.llm.prompt_uses import CORE_PROMPTS

        packages = (module.rpartition(".")[0] for module in agents.values())
        named = (f"{package}.prompt_uses" for package in packages)
        modules = (*(module for module in named if find_spec(module)), *beside)
        return (*(import_module(module).PROMPTS for module in modules), CORE_PROMPTS)

    return load
