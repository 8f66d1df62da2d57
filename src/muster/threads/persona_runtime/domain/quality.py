"""What can be measured of a post without asking anybody whether it is good, from 0 to 1, the best."""

import re

from muster.threads.common.contracts import MOST_CHARACTERS
from muster.threads.common.platform_text import platform_length

_WORD = re.compile(r"\w+")


def brevity(text: str) -> float:
    """Share of the platform's characters that is left."""
    return max(0.0, 1 - platform_length(text) / MOST_CHARACTERS)


def variety(text: str) -> float:
    """Share of its words that are different ones (the type-token ratio); of no words it is 0."""
    words = _WORD.findall(text.casefold())
    return len(set(words)) / len(words) if words else 0.0
