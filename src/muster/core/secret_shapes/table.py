"""All shapes of secrets, in the order in which they are looked for: what holds others goes first."""

import json
import re
from collections.abc import Sequence

from muster.core.secret_shapes.assigned import ASSIGNED
from muster.core.secret_shapes.carried import CARRIED
from muster.core.secret_shapes.shape import MASK, StandIn
from muster.core.secret_shapes.tokens import TOKENS

SHAPES = (*CARRIED, *ASSIGNED, *TOKENS)


def replace_secrets(text: str, stand_in: StandIn) -> str:
    """The text with something else in the place of everything that has a secret's shape."""
    small = text.lower()
    for shape in SHAPES:
        if shape.may_be_in(small):
            text = shape.replace(text, stand_in)
    return text


def mask_secrets(text: str) -> str:
    """The text without anything that has a secret's shape."""
    return replace_secrets(text, lambda match: MASK)


def mask_words(words: Sequence[str]) -> list[str]:
    """The words of a command, an option's value (`--token`, `x`) among them, without secrets."""
    text = json.dumps(words, ensure_ascii=False)
    masked = mask_secrets(text)
    try:
        return list(words) if masked == text else json.loads(masked)
    except ValueError:  # the secret's end was not where the word's is
        return list(map(mask_secrets, words))


def secrets_in(text: str) -> tuple[str, ...]:
    """Everything in the text that has a secret's shape."""
    found: list[str] = []

    def remember(match: re.Match[str]) -> str:
        found.append(match["secret"])
        return MASK

    replace_secrets(text, remember)
    return tuple(found)


def holds_secret(text: str) -> bool:
    """Whether anything in the text has a secret's shape."""
    return mask_secrets(text) != text
