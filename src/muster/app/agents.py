"""All agents, in the order that lists show them, imported when one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from muster.core.errors import MissingExtraError, UsageError

if TYPE_CHECKING:  # `--help` imports this file
    from muster.core.agent import AnyAgent

AGENTS: Mapping[str, str] = {
    "nomad": "muster.nomad.agent",
    "aegis": "muster.aegis.agent",
}
"""Agent name -> the module that holds its `AGENT`."""
SERVICE_PROMPTS = ("muster.threads.persona_runtime.prompt_uses",)
"""Modules that hold the `PROMPTS` of services, which are no agents of runs."""


def load_agent(name: str, agents: Mapping[str, str]) -> AnyAgent:
    """Import one agent. Raises UsageError for an unknown name, MissingExtraError without its dependencies."""
    if name not in agents:
        raise UsageError(f"there is no agent {name}", advice=f"The agents are {', '.join(agents)}.")
    try:
        return import_module(agents[name]).AGENT
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "muster":
            raise  # a fault of ours, not a missing dependency
        raise MissingExtraError(
            f"the agent {name} needs {error.name}, which is not installed",
            advice=f"pip install 'muster-agents[{name}]'",
        ) from error
