"""`prompts diff`: a file against a version in Langfuse, or the versions of two labels against one another."""

from dataclasses import dataclass

from muster.core.errors import PromptError
from muster.core.prompts.langfuse_prompts import LangfusePrompts
from muster.core.prompts.outcomes import Outcomes
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.stored import StoredPrompt
from muster.core.prompts.telling import difference, missing, say, shown_outcome, wanted, warn


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a version in Langfuse, or (no `wanted`) the file; None where it is not there."""

    title: str
    prompt: StoredPrompt | None
    wanted: str = ""


@dataclass(frozen=True)
class Diff:
    """One comparison, of what a model is told: included parts are put in."""

    shelf: Shelf
    server: LangfusePrompts
    outcomes: Outcomes
    labels: tuple[str, ...]
    version: int | None
    default_label: str

    def run(self, name: str | None) -> None:
        """Show the differences of that prompt, or of all, and the outcomes of the versions in Langfuse.

        Of all, those that lack the version are warned about. Raises PromptError where every one lacks it.
        """
        names = self.shelf.chosen(name)
        lacks = {one: lack for one in names if (lack := self._show(one))}
        if lacks and len(lacks) == len(names):
            raise missing(name, " or ".join(dict.fromkeys(lacks.values())))
        for one, lack in lacks.items():
            warn(f"{one}: Langfuse has no {lack}")

    def _show(self, name: str) -> str:
        """Show the differences, or give back what Langfuse lacks for that."""
        old, new = self._sides(name)
        for side in (old, new):
            if side.wanted and side.prompt is None:
                return side.wanted
        if new.prompt is not None:
            changes = difference(old.prompt, new.prompt, f"{name} ({old.title})", f"{name} ({new.title})")
            say(changes or f"{name}: {old.title} and {new.title} say the same")
        for side in self._scored(name, (old, new)):
            self._score(name, side)
        return ""

    def _score(self, name: str, side: Side) -> None:
        if side.prompt is None:
            say(f"{name}: {side.title}: no such version")
        else:
            number = wanted(None, side.prompt.version)
            titles = ", ".join(dict.fromkeys([side.title, number]))  # a side that was asked for by number has one
            say(f"{name}: {titles}: {shown_outcome(self.outcomes.of(name, side.prompt.version))}")

    def _sides(self, name: str) -> tuple[Side, Side]:
        if len(self.labels) == 2:
            first, second = (self._labelled(name, label) for label in self.labels)
            return first, second
        if self.version is not None:
            number = wanted(None, self.version)
            there = Side(number, self.server.numbered(name, self.version), number)
        else:
            there = self._labelled(name, self.labels[0] if self.labels else self.default_label)
        return there, Side("file", self._file(name))

    def _scored(self, name: str, sides: tuple[Side, ...]) -> tuple[Side, ...]:
        """What is in Langfuse; beside a single version also the one that runs use."""
        remote = tuple(side for side in sides if side.wanted)
        if len(remote) == 2 or remote[0].title == self.default_label:
            return remote
        return (self._labelled(name, self.default_label), *remote)

    def _labelled(self, name: str, label: str) -> Side:
        return Side(label, self.server.labelled(name, label), wanted(label, None))

    def _file(self, name: str) -> StoredPrompt | None:
        try:
            return self.shelf.told(name)
        except PromptError as error:
            say(f"{name}: the file can't be used: {error.message}")
            return None
