"""What a post is about, in a few words: of texts that anybody may have written."""

import re
import unicodedata
from collections.abc import Collection

from muster.threads.common.contracts import is_blank
from muster.threads.common.platform_text import links_in

_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9_.]{1,64}")
_MOST = 60
"""Characters of a subject: it stands in the middle of sentences."""
_SIGNS = re.compile(r"[{}|<>\[\]\\`]+")


def plain(text: str) -> str:
    """On one line, without signs that can't be seen; what joins an emoji stays."""
    kept = (one if _is_seen(one) else " " for one in text)
    return " ".join("".join(kept).split())


def readable(text: str) -> str:
    """Its lines, each as `plain` has it; a mark where nothing that can be seen is left."""
    said = "\n".join(map(plain, text.splitlines())).strip()
    return "…" if is_blank(said) else said


def subject_of(*texts: str) -> str:
    """The first text that says something, short, in quotation marks where it was cut; else nothing."""
    for text in texts:
        bare = plain(_SIGNS.sub(" ", _MENTION.sub(" ", _LINK.sub(" ", text)))).strip(" .,;:!?-")
        if any(one.isalnum() for one in bare):
            return bare if len(bare) <= _MOST else f"“{_cut(bare)}…”"
    return ""


def own_words(text: str, given: Collection[str]) -> str:
    """A model's text without the links and mentions that nobody gave it."""
    links = {link for one in given for link in links_in(one)}
    mentions = {found.lower() for one in given for found in _MENTION.findall(one)}

    def link(found: re.Match[str]) -> str:
        return found[0] if any(one in links for one in links_in(found[0])) else ""

    def mention(found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in mentions else found[0][1:]

    lines = (plain(line) for line in _MENTION.sub(mention, _LINK.sub(link, text)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().strip('`"').strip()


def _cut(text: str) -> str:
    whole, _, _ = text[:_MOST].rpartition(" ")
    return (whole or text[:_MOST]).rstrip(" .,;:!?-")


def _is_seen(one: str) -> bool:
    return one in "\u200d\ufe0f" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
