"""`prompts push`: files become versions in Langfuse.

What a prompt includes is pushed before it, and pinned: the new version names its parts by number. So a version says the
same for ever, and promoting it moves exactly what was tried out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from muster.core.errors import PromptError
from muster.core.prompts.composing import included_names, with_selectors
from muster.core.prompts.langfuse_prompts import LATEST, LangfusePrompts
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.stored import StoredPrompt


@dataclass(frozen=True)
class Step:
    """What is done for one prompt: a new version, or (`version`) the label on one that says this already."""

    name: str
    version: int | None


@dataclass(frozen=True)
class Push:
    """One push to a label."""

    shelf: Shelf
    server: LangfusePrompts
    label: str
    say: Callable[[str], None]

    def planned(self, name: str | None) -> tuple[Step, ...]:
        """What pushing that prompt with its parts, or all, would change; said, and nothing sent.

        Raises PromptError for a file that does not fit, a ServiceError when Langfuse is away.
        """
        names = self.shelf.parts_first(self.shelf.chosen(name))
        told = {one: self.shelf.told(one) for one in names}
        return tuple(step for one in names if (step := self._step(one, told[one])))

    def run(self, steps: tuple[Step, ...]) -> None:
        """Do it. Raises AccessDeniedError for a protected label, a ServiceError when Langfuse is away."""
        for step in steps:
            if step.version is not None:
                self.server.add_label(step.name, step.version, self.label)
                self.say(f"{step.name}: version {step.version} is labelled {self.label} now")
            else:
                made = self.server.create(self._pinned(step.name), self.label)
                self.say(f"{step.name}: version {made.version} is new, labelled {self.label}")

    def _step(self, name: str, told: StoredPrompt) -> Step | None:
        current = self.server.labelled(name, self.label)
        if current is not None and current.says_the_same(told):
            self.say(f"{name}: unchanged, version {current.version}")
            return None
        newest = self.server.labelled(name, LATEST)
        moves = f"the label {self.label} " + (f"leaves version {current.version}" if current else "is new")
        if newest is not None and newest.says_the_same(told):
            self.say(f"{name}: version {newest.version} says this already, {moves}")
            return Step(name, newest.version)
        self.say(f"{name}: a {f'new version after {newest.version}' if newest else 'first version'}, {moves}")
        return Step(name, None)

    def _pinned(self, name: str) -> StoredPrompt:
        written = self.shelf.written(name)
        versions = {part: self._version(part) for part in included_names(written)}
        return with_selectors(written, lambda part: f"version={versions[part]}")

    def _version(self, part: str) -> int:
        """The part's version under the label: parts are pushed before what includes them."""
        stored = self.server.labelled(part, self.label)
        if stored is None:
            raise PromptError(
                f"the label {self.label} of {part} was taken away while it was pushed", advice="Push again."
            )
        return stored.version
