"""The prompts of several agents side by side, as the command line sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.core.errors import PromptError
from muster.core.prompts.composing import compose, included_names
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.stored import StoredPrompt
from muster.core.prompts.uses import CORE, AgentPrompts, check_variables


@dataclass(frozen=True)
class Shelf:
    """Every prompt file of these agents. No two agents have a prompt of the same name: Langfuse would mix them up."""

    agents: tuple[AgentPrompts, ...]

    def names(self) -> tuple[str, ...]:
        """All names, agent by agent."""
        return tuple(name for agent in self.agents for name in agent.folder.names())

    def chosen(self, name: str | None) -> tuple[str, ...]:
        """That one, or all. Raises PromptError for a name that no agent has."""
        if name is None:
            return self.names()
        self.owner(name)
        return (name,)

    def owner(self, name: str) -> AgentPrompts:
        """The agent that has the prompt. Raises PromptError for a name that no agent has."""
        for agent in self.agents:
            if agent.folder.has(name):
                return agent
        raise PromptError(f"there is no prompt {name}", advice=f"The prompts are {', '.join(self.names())}.")

    def home(self, name: str, agent: str | None = None) -> PromptFolder:
        """Where the prompt is kept; a new one goes to that agent, or to the only one.

        Raises PromptError where several agents could be meant, where there is none of that name, and where the prompt
        is another one's.
        """
        kept = [one for one in self.agents if one.folder.has(name)]
        meant = kept or [one for one in self.agents if one.agent != CORE]
        chosen = [one for one in meant if agent in (None, one.agent)]
        if len(chosen) == 1:
            return chosen[0].folder
        names = ", ".join(one.agent for one in meant)
        if kept:
            raise PromptError(f"the prompt {name} is kept by {names}", advice="Leave --agent out.")
        raise PromptError(f"no agent has a prompt {name} yet", advice=f"Say whose it will be by --agent: {names}.")

    def written(self, name: str) -> StoredPrompt:
        """The prompt as its file says it, with its tags. Raises PromptError."""
        return self.owner(name).folder.read(name)

    def told(self, name: str) -> StoredPrompt:
        """The prompt as a model is told it: composed, and fitting the code. Raises PromptError."""
        told = compose(self.written(name), self.owner(name).folder.read)
        self.check(told)
        return told

    def check(self, told: StoredPrompt) -> None:
        """Raise PromptError where a composed prompt does not fit the code that uses it; a part is free."""
        for agent in self.agents:
            if (use := agent.use(told.name)) is not None:
                check_variables(told, use)

    def parts_first(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names with everything that they include, each after its parts. Raises PromptError for a circle."""
        ordered: dict[str, None] = {}
        for name in names:
            compose(self.written(name), self.owner(name).folder.read)  # a circle would go on for ever below
            self._put(name, ordered)
        return tuple(ordered)

    def _put(self, name: str, ordered: dict[str, None]) -> None:
        for part in included_names(self.written(name)):
            self._put(part, ordered)
        ordered[name] = None
