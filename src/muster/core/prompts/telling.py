"""What the prompt commands print: results on standard output, talk on standard error, differences as diffs."""

import difflib
import sys
from collections.abc import Iterator

from muster.core.console import visible
from muster.core.errors import PromptError
from muster.core.prompts.outcomes import Outcome
from muster.core.prompts.stored import StoredPrompt


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(_shown(text))


def warn(text: str) -> None:
    """A line beside the result."""
    sys.stderr.write(_shown(f"! {text}"))


def difference(old: StoredPrompt | None, new: StoredPrompt | None, old_title: str, new_title: str) -> str:
    """What changes from one prompt to the other, as a unified diff; empty where a model would notice nothing."""
    lines = difflib.unified_diff(_lines(old), _lines(new), old_title, new_title, lineterm="")
    return "\n".join(lines)


def shown_outcome(outcome: Outcome) -> str:
    """`outcome 0.83 (n=12)`."""
    return f"outcome {outcome.mean:.2f} (n={outcome.n})" if outcome.n else "no outcomes yet (n=0)"


def wanted(label: str | None, version: int | None) -> str:
    """`version 3`, or `version labelled production`."""
    return f"version {version}" if version is not None else f"version labelled {label}"


def missing(name: str | None, what: str) -> PromptError:
    """The error for a version that Langfuse lacks, of that prompt or of all."""
    whose = f"the prompt {name}" if name else "any prompt here"
    return PromptError(f"Langfuse has no {what} of {whose}; `list` shows what it has")


def _lines(prompt: StoredPrompt | None) -> list[str]:
    return [] if prompt is None else list(_readable(prompt))


def _readable(prompt: StoredPrompt) -> Iterator[str]:
    if isinstance(prompt.prompt, str):
        yield from prompt.prompt.split("\n")
    else:
        for message in prompt.prompt:
            yield f"[{message.role}]"
            yield from message.content.split("\n")
    yield from (f"config {key} = {value!r}" for key, value in sorted(prompt.sent_config().items()))


def _shown(text: str) -> str:
    return visible(text).encode("utf-8", "replace").decode() + "\n"
