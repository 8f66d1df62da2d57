"""`prompts pull`: Langfuse's versions become files. A file that was changed here is overwritten only on a yes.

A file was changed here where no version in Langfuse says what it says, whatever number it bears: a push makes versions
and leaves files alone, and each project counts its own.
"""

from dataclasses import dataclass
from typing import Protocol

from muster.core.errors import PromptError
from muster.core.prompts.composing import included_names, with_selectors
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.langfuse_prompts import LangfusePrompts
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.stored import StoredPrompt
from muster.core.prompts.telling import difference, missing, say, wanted, warn


class Confirm(Protocol):
    """Asks yes or no."""

    def __call__(self, title: str, question: str) -> bool:
        """Whether the answer is yes."""
        ...


@dataclass(frozen=True)
class Pull:
    """One pull, of a label's versions or (`version`) of one version."""

    shelf: Shelf
    server: LangfusePrompts
    label: str
    version: int | None
    agent: str | None
    dry_run: bool
    confirm: Confirm

    def run(self, name: str | None) -> None:
        """Pull that prompt, or all that files have; of all, those that Langfuse lacks are warned about.

        One that is new here goes to the named agent. Raises PromptError for one prompt that is missing, or whose
        agent is not known, a ServiceError when Langfuse is away.
        """
        for one in self.shelf.names() if name is None else (name,):
            folder = self.shelf.home(one, self.agent)
            found = self._found(one)
            if found is not None:
                self._take(one, found, folder)
            elif name is not None:
                raise missing(name, wanted(self.label, self.version))
            else:
                warn(f"{one}: Langfuse has no {wanted(self.label, self.version)}")

    def _take(self, name: str, found: StoredPrompt, folder: PromptFolder) -> None:
        try:
            self.shelf.check(found)
        except PromptError as error:
            warn(f"{name} is left as it is: {error.message}")
            return
        new = _as_file(self.server.written(name, found.version) or found)
        old = self._readable(name)
        changes = not folder.has(name) or old is None or not old.says_the_same(new)
        if not changes and old == new:
            say(f"{name}: version {new.version} already")
            return
        if changes and not self._agreed(folder, old, new):
            say(f"{name}: kept as it is here")
            return
        if not self.dry_run:
            folder.write(new)
        say(f"{name}: {'would be ' if self.dry_run else ''}version {new.version}{'' if changes else ', the same text'}")
        for part in included_names(new):
            if not folder.has(part):
                warn(f"{name} includes {part}, which has no file: pull it too")

    def _agreed(self, folder: PromptFolder, old: StoredPrompt | None, new: StoredPrompt) -> bool:
        """Whether the file may be replaced: a dry run shows the change, a file that was changed here is asked about."""
        name = new.name
        asks = not self.dry_run and folder.has(name) and (old is None or self._changed_here(old))
        if asks or self.dry_run:
            say(difference(old, new, f"{name} (file)", f"{name} (version {new.version} in Langfuse)"))
        return not asks or self.confirm(f"{name} was changed here", "Replace the file with Langfuse's version?")

    def _changed_here(self, old: StoredPrompt) -> bool:
        versions = sorted(self.server.versions(old.name), key=lambda number: number != old.version)
        return not any(self._says(number, old) for number in versions)

    def _says(self, version: int, old: StoredPrompt) -> bool:
        there = self.server.written(old.name, version)
        return there is not None and old.says_the_same(_as_file(there))

    def _readable(self, name: str) -> StoredPrompt | None:
        try:
            return self.shelf.written(name)
        except PromptError:
            return None

    def _found(self, name: str) -> StoredPrompt | None:
        if self.version is not None:
            return self.server.numbered(name, self.version)
        return self.server.labelled(name, self.label)


def _as_file(written: StoredPrompt) -> StoredPrompt:
    """As a file says it: its tags name no version, for a folder has one version of each part."""
    return with_selectors(written, lambda name: "label=production")
