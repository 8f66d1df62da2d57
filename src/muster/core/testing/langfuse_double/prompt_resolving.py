"""How Langfuse puts included prompts in: by label or number, at most five deep, never in a circle."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from muster.core.testing.langfuse_double.prompt_versions import PromptVersion, find_version

if TYPE_CHECKING:
    from pydantic import JsonValue

    from muster.core.testing.langfuse_double.project import Project

_TAG = re.compile(r"@@@langfusePrompt:name=([^|@]+)\|(version|label)=([^|@]+)@@@")
_DEPTH = 5


class CannotResolveError(Exception):
    """What the server says when an include can't be put in."""


def resolved(project: Project, prompt: PromptVersion) -> JsonValue:
    """The prompt with everything that it includes. Raises CannotResolveError."""
    return json.loads(_resolve(project, prompt, prompt, 0))


def _resolve(project: Project, root: PromptVersion, prompt: PromptVersion, level: int) -> str:
    """The content as JSON text, as the server works on it."""
    if level >= _DEPTH:
        raise CannotResolveError(f"Maximum nesting depth exceeded ({_DEPTH})")
    if level and prompt.name == root.name:
        raise CannotResolveError(
            f"Circular dependency detected involving prompt '{prompt.name}' version {prompt.version}"
        )

    def put_in(tag: re.Match[str]) -> str:
        return _resolve(project, root, _included(project, *tag.groups()), level + 1)[1:-1]

    return _TAG.sub(put_in, json.dumps(prompt.prompt))


def _included(project: Project, name: str, by: str, value: str) -> PromptVersion:
    found = (
        find_version(project, name, version=int(value)) if by == "version" else find_version(project, name, label=value)
    )
    if found is None:
        raise CannotResolveError(f"Prompt dependency not found: {name} - {by} {value}")
    if found.type != "text":
        raise CannotResolveError(f"Prompt dependency is not a text prompt: {name} - {by} {value}")
    return found
