"""Words within the platform's limits: sentences are left out from the end, then the last one is cut."""

import re
from bisect import bisect_left
from collections.abc import Callable

from muster.threads.common.contracts import is_blank
from muster.threads.common.platform_text import compose, links_in, platform_problems

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_JOINED = "\u200d\ufe0e\ufe0f\u20e3"
_EMPTY = "…"


def fits(hook: str, body: str) -> bool:
    """Whether the platform takes them as one post."""
    return not platform_problems(compose(hook, body))


def fit(hook: str, body: str) -> tuple[str, str]:
    """As much of them as the platform takes, both with words in them. What fits is left as it is."""
    hook, body = _few_links(hook, 1), _few_links(body, 2)
    if fits(hook, body):
        return hook, body
    if not fits(hook, _EMPTY):
        hook = _longest(hook, lambda some: fits(some, "…" * 100))
    return hook, _longest(body, lambda some: fits(hook, some))


def _longest(text: str, fitting: Callable[[str], bool]) -> str:
    """Whole sentences where there are some, else characters, never half of an emoji."""
    sentences = _SENTENCE.split(text)
    for count in range(len(sentences) - 1, 0, -1):
        some = " ".join(sentences[:count])
        if fitting(some) and not is_blank(some):
            return some
    most = max(0, bisect_left(range(len(text)), True, key=lambda at: not fitting(f"{text[:at]}{_EMPTY}")) - 1)
    return f"{_whole_emoji(text, most).rstrip()}{_EMPTY}"


def _whole_emoji(text: str, at: int) -> str:
    while 0 < at < len(text) and (text[at] in _JOINED or text[at - 1] in _JOINED):
        at -= 1
    return text[:at]


def _few_links(text: str, most: int) -> str:
    for link in links_in(text)[most:]:
        text = text.replace(link, "")
    return _EMPTY if is_blank(text) else text.strip()
