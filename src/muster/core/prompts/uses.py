"""What code does with prompts: which ones it asks for, and what it gives them to say.

A prompt's text names variables as `{{name}}`. Both sides are compared when a prompt is loaded: a variable that the
code does not give would reach the model as it stands, and one that the prompt does not use would be lost.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from muster.core.errors import PromptError
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.stored import StoredPrompt

FENCE = "fence"
"""A variable that every prompt may use: a word that the values can't hold, to mark where they begin and end."""
CORE = "core"
"""Whose prompts the core's own are. It takes no new ones: nobody but its code would use them."""


@dataclass(frozen=True)
class PromptUse:
    """One prompt that the code asks for, with the variables that it gives."""

    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class AgentPrompts:
    """The prompts of one agent, or of the core: their folder, and every use that its code makes of them, in order.

    A file that no use names is a part that others include.
    """

    agent: str
    folder: PromptFolder
    uses: tuple[PromptUse, ...]

    def use(self, name: str) -> PromptUse | None:
        """The use of that prompt; None for a part."""
        return next((use for use in self.uses if use.name == name), None)


def variables_in(prompt: StoredPrompt) -> tuple[str, ...]:
    """The names between `{{` and `}}`, as Langfuse reads them, each once."""
    found = (name for text in prompt.texts() for name in _pieces(text)[1::2])
    return tuple(dict.fromkeys(name.strip() for name in found))


def check_variables(prompt: StoredPrompt, use: PromptUse) -> None:
    """Raise PromptError where the prompt and the code do not mean the same variables."""
    said, given = set(variables_in(prompt)), set(use.variables)
    problems = [
        *(f"it asks for {{{{{name}}}}}, which the code does not give" for name in sorted(said - given - {FENCE})),
        *(f"it does not use {{{{{name}}}}}, which the code gives" for name in sorted(given - said)),
    ]
    if problems:
        raise PromptError(
            f"the prompt {use.name} (version {prompt.version}) can't be used: {'; '.join(problems)}",
            advice=f"Its variables are {', '.join(use.variables)}.",
        )


def fill(prompt: StoredPrompt, values: Mapping[str, str]) -> StoredPrompt:
    """The prompt with its variables replaced, once: what looks like a variable inside a value stays as it is."""
    given = {FENCE: fence_of(values), **values}
    return prompt.with_texts(tuple(_filled(text, given) for text in prompt.texts()))


def fence_of(values: Mapping[str, str]) -> str:
    """Sixteen hexadecimal digits that nobody who writes a value can foresee: they depend on all of them."""
    joined = "\0".join(f"{name}\0{value}" for name, value in sorted(values.items()))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _filled(text: str, values: Mapping[str, str]) -> str:
    pieces = _pieces(text)
    pieces[1::2] = [values[name.strip()] for name in pieces[1::2]]
    return "".join(pieces)


def _pieces(text: str) -> list[str]:
    """The text in turns: plain, a variable's name, plain ... An opening without an end is plain."""
    pieces = [""]
    while (start := text.find("{{")) >= 0 and (end := text.find("}}", start)) >= 0:
        pieces[-1] += text[:start]
        pieces += [text[start + 2 : end], ""]
        text = text[end + 2 :]
    pieces[-1] += text
    return pieces
