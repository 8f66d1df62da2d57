"""A folder of prompts: one JSON file each, named like its prompt."""

import json
from dataclasses import dataclass
from pathlib import Path

from muster.core.errors import PromptError, UsageError
from muster.core.prompts.stored import StoredPrompt, read_stored
from muster.core.runs.store import write_atomically


@dataclass(frozen=True)
class PromptFolder:
    """The prompt files of one agent."""

    path: Path

    def names(self) -> tuple[str, ...]:
        """The names of all prompts, sorted."""
        return tuple(sorted(file.stem for file in self.path.glob("*.json")))

    def has(self, name: str) -> bool:
        """Whether there is a file of that prompt."""
        return name in self.names()

    def read(self, name: str) -> StoredPrompt:
        """The prompt as its file says it. Raises PromptError for a file that is missing or no prompt."""
        file = self.file(name)
        try:
            document = json.loads(file.read_bytes())
        except FileNotFoundError as error:
            raise PromptError(
                f"there is no prompt {name}", advice=f"The prompts are {', '.join(self.names()) or 'none'}."
            ) from error
        except (OSError, ValueError, RecursionError) as error:
            raise PromptError(f"the prompt file {file} can't be read: {error}") from error
        prompt = read_stored(document, f"the file {file.name}")
        if prompt.name != name:
            raise PromptError(f"the file {file.name} holds a prompt named {prompt.name}")
        return prompt

    def write(self, prompt: StoredPrompt) -> None:
        """Write the prompt's file, whole or not at all. Raises UsageError where the folder can't be written to."""
        try:
            write_atomically(self.file(prompt.name), prompt.document())
        except OSError as error:
            raise UsageError(
                f"{self.file(prompt.name)} can't be written: {error.strerror}",
                advice="Prompts are pulled into the installed package; install it where you may write.",
            ) from error

    def file(self, name: str) -> Path:
        """Where the prompt's file is, or would be."""
        return self.path / f"{name}.json"
