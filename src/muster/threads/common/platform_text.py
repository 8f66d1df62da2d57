"""A post as the platform counts it: 500 characters, an emoji as many as its UTF-8 bytes, three links at most.

Source: the documentation of the Threads API (text posts; error for more than three links).
"""

import hashlib
import re
import unicodedata

from muster.threads.common.contracts import MOST_CHARACTERS

MOST_LINKS = 3
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']+", re.IGNORECASE)
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
"""Parts of an emoji that are none themselves: zero-width joiner, variation selectors, keycap."""
_PICTOGRAPHS = range(0x1F000, 0x1FB00)
"""Some are newer than this Python's tables, which call them unassigned."""


def platform_length(text: str) -> int:
    """Characters as the platform counts them."""
    return sum(len(one.encode()) if _is_of_an_emoji(one) else 1 for one in text)


def links_in(text: str) -> tuple[str, ...]:
    """The different links of a text, in order."""
    return tuple(dict.fromkeys(match[0].rstrip(".,;:!?)]}") for match in _LINK.finditer(text)))


def compose(hook: str, body: str) -> str:
    """Hook and body as one post."""
    return f"{hook.strip()}\n\n{body.strip()}"


def platform_problems(text: str) -> tuple[str, ...]:
    """Why the platform would refuse it, each with its number; empty: it would not."""
    problems: list[str] = []
    if not text.strip():
        problems.append("it is empty")
    if (length := platform_length(text)) > MOST_CHARACTERS:
        problems.append(f"it has {length} characters of {MOST_CHARACTERS}, an emoji counted by its bytes")
    if (links := len(links_in(text))) > MOST_LINKS:
        problems.append(f"it has {links} links of {MOST_LINKS}")
    return tuple(problems)


def words_sha256(hook: str, body: str) -> str:
    """What a verdict on these words is kept under."""
    return hashlib.sha256(f"{hook}\n{body}".encode(errors="surrogatepass")).hexdigest()


def _is_of_an_emoji(one: str) -> bool:
    if one < "\u00a9":
        return False
    if ord(one) in _PICTOGRAPHS or one in _JOINERS:
        return True
    return unicodedata.category(one) == "So" or "\U000e0020" <= one <= "\U000e007f"
