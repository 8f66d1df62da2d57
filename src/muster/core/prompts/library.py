"""The prompt library: what an agent asks for its prompts, and where they come from.

Files are enough. With Langfuse, its version by label comes first, and the file stands in where Langfuse is away, has
none, or has one that does not fit the code.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from muster.core.errors import PromptError, ServiceError
from muster.core.llm.ports import Prompt
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.core.prompts.composing import compose
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.ref import PromptRef
from muster.core.prompts.stored import Message, StoredPrompt
from muster.core.prompts.uses import PromptUse, check_variables, fill
from muster.core.redaction import redact

_LOG = logging.getLogger(__name__)


class PromptLibrary(Protocol):
    """Gives prompts, filled and ready for a model, with the reference to what was used."""

    def prompt(self, use: PromptUse, values: Mapping[str, str]) -> Prompt:
        """The prompt with a value for each of its variables. Raises PromptError for one that can't be used."""
        ...


class PromptServer(Protocol):
    """Gives stored prompts by label, with what they include."""

    def labelled(self, name: str, label: str) -> StoredPrompt | None:
        """The version with that label; None where there is none. Raises ServiceError when the server is away."""
        ...


class FilePrompts:
    """Satisfies `PromptLibrary` with the files of an agent's folder, and with the core's own. Each is read once."""

    def __init__(self, folder: PromptFolder, label: str = "production") -> None:
        self._folder = folder
        self._label = label
        self._loaded: dict[str, StoredPrompt] = {}

    def prompt(self, use: PromptUse, values: Mapping[str, str]) -> Prompt:
        """The prompt as its file says it. Raises PromptError."""
        stored = self.stored(use)
        return filled_prompt(stored, use, values, PromptRef(use.name, stored.version, self._label, "file"))

    def stored(self, use: PromptUse) -> StoredPrompt:
        """The file's prompt, composed, its variables checked. Raises PromptError."""
        if use.name not in self._loaded:
            folder = CORE_PROMPTS.folder if use in CORE_PROMPTS.uses else self._folder
            self._loaded[use.name] = load(folder.read(use.name), use, folder)
        return self._loaded[use.name]


class LangfuseFirstPrompts:
    """Satisfies `PromptLibrary` with a server's prompts by label, and with files where that does not work.

    `labels` are tried in order. What was found stays for the life of the library, which is one run: a run is not told
    two versions of a prompt. A server that is away is asked once.
    """

    def __init__(self, server: PromptServer, files: FilePrompts, labels: tuple[str, ...]) -> None:
        self._server = server
        self._files = files
        self._labels = labels
        self._away = False
        self._found: dict[str, tuple[StoredPrompt, PromptRef]] = {}

    def prompt(self, use: PromptUse, values: Mapping[str, str]) -> Prompt:
        """The server's prompt, or the file's. Raises PromptError where neither can be used."""
        if use.name not in self._found:
            self._found[use.name] = self._served(use) or self._filed(use)
        stored, ref = self._found[use.name]
        return filled_prompt(stored, use, values, ref)

    def _served(self, use: PromptUse) -> tuple[StoredPrompt, PromptRef] | None:
        for label in self._labels:
            stored = self._asked(use, label)
            if stored is not None:
                return stored, PromptRef(use.name, stored.version, label, "langfuse")
        return None

    def _asked(self, use: PromptUse, label: str) -> StoredPrompt | None:
        if self._away:
            return None
        try:
            stored = self._server.labelled(use.name, label)
            if stored is not None:
                check_variables(compose(stored, _nothing_left), use)
            elif label == self._labels[-1]:  # an experiment is about some prompts, and the others are as ever
                _LOG.warning("Langfuse has no version of the prompt %s with the label %s", use.name, label)
        except PromptError as error:
            _LOG.warning("the version of Langfuse with the label %s is left alone: %s", label, error.message)
            return None
        except ServiceError as error:
            self._away = True
            _LOG.warning("prompts come from files for the rest of this run: %s", error.message)
            return None
        return stored

    def _filed(self, use: PromptUse) -> tuple[StoredPrompt, PromptRef]:
        stored = self._files.stored(use)
        ref = PromptRef(use.name, stored.version, self._labels[-1], "file")
        return stored, replace(ref, fallback=True)


def load(stored: StoredPrompt, use: PromptUse, folder: PromptFolder) -> StoredPrompt:
    """The prompt with its parts from the folder, held against its use. Raises PromptError."""
    composed = compose(stored, folder.read)
    check_variables(composed, use)
    return composed


def filled_prompt(stored: StoredPrompt, use: PromptUse, values: Mapping[str, str], ref: PromptRef) -> Prompt:
    """What a model is told. Raises PromptError where the values are not those of the use."""
    if set(values) != set(use.variables):
        raise PromptError(f"the prompt {use.name} was given {', '.join(values)}, and is for {', '.join(use.variables)}")
    # Each value by itself: an unclosed key would swallow all that follows, the end of its fence too.
    filled = fill(stored, {name: redact(value) for name, value in values.items()})
    if isinstance(filled.prompt, str):
        return Prompt(instructions="", material=filled.prompt, ref=ref)
    *told, asked = filled.prompt
    return Prompt(instructions="\n\n".join(map(_told, told)), material=asked.content, ref=ref)


def _nothing_left(name: str) -> StoredPrompt:
    raise PromptError(f"Langfuse has handed out a prompt that still includes {name}")


def _told(message: Message) -> str:
    """A message before the last one: the system's text, or an example of a talk, as optimizers write them."""
    return message.content if message.role == "system" else f"{message.role}: {message.content}"
