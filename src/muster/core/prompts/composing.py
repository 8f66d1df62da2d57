"""Prompts that include others, by Langfuse's own tags: `@@@langfusePrompt:name=NAME|label=LABEL@@@`.

Langfuse puts the included text in when it hands a prompt out. Here the same is done with files, of which there is one
version each, so that a tag's label or version says nothing.
"""

import re
from collections.abc import Callable

from muster.core.errors import PromptError
from muster.core.prompts.stored import StoredPrompt

Find = Callable[[str], StoredPrompt]

MAX_CHAIN = 5  # Langfuse resolves no longer one (MAX_PROMPT_NESTING_DEPTH in its PromptService)

_TAG = re.compile(r"@@@langfusePrompt:(.*?)@@@")
_INSIDE = re.compile(r"name=(?P<name>[^|=@]+)\|(?:version=[1-9][0-9]*|label=[^|=@]+)")


def compose(prompt: StoredPrompt, find: Find) -> StoredPrompt:
    """The prompt with everything that it includes. Raises PromptError for what Langfuse would refuse too."""
    return prompt.with_texts(_composed(prompt, find, (prompt.name,)))


def included_names(prompt: StoredPrompt) -> tuple[str, ...]:
    """The prompts that this one includes itself, each once. Raises PromptError for a tag that can't be read."""
    found = (tag for text in prompt.texts() for tag in _TAG.finditer(text))
    return tuple(dict.fromkeys(_name(prompt.name, tag) for tag in found))


def with_selectors(prompt: StoredPrompt, selector: Callable[[str], str]) -> StoredPrompt:
    """The prompt with its tags choosing by `selector(name)`: `version=3`, `label=production`."""

    def chosen(tag: re.Match[str]) -> str:
        name = _name(prompt.name, tag)
        return f"@@@langfusePrompt:name={name}|{selector(name)}@@@"

    return prompt.with_texts(tuple(_TAG.sub(chosen, text) for text in prompt.texts()))


def _composed(prompt: StoredPrompt, find: Find, chain: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_TAG.sub(lambda tag: _included(prompt.name, tag, find, chain), text) for text in prompt.texts())


def _included(includer: str, tag: re.Match[str], find: Find, chain: tuple[str, ...]) -> str:
    name = _name(includer, tag)
    shown = " -> ".join([*chain, name])
    if name in chain:
        raise PromptError(f"prompts include one another in a circle: {shown}")
    if len(chain) >= MAX_CHAIN:
        raise PromptError(f"prompts include one another more than {MAX_CHAIN} deep: {shown}")
    part = find(name)
    if part.type != "text":
        raise PromptError(f"{shown}: only a text prompt can be included, and {name} is a chat")
    return _composed(part, find, (*chain, name))[0]


def _name(includer: str, tag: re.Match[str]) -> str:
    inside = _INSIDE.fullmatch(tag[1])
    if inside is None:
        raise PromptError(
            f"the prompt {includer} has a tag that can't be read: {tag[0]}",
            advice="Write @@@langfusePrompt:name=NAME|label=LABEL@@@.",
        )
    return inside["name"]
