"""Whether words are turned down: "no packing", "don't checkpoint", "not on an A10G"."""

import re

# "don't pack and use batch 16": what follows a new verb is a wish of its own.
_CLAUSE_END = re.compile(
    r"[;,!?\n]|\.(?=\s)|\b(?:but|instead|then)\b|\band (?=(?:use|with|set|keep|train|run|call|ask)\b)", re.IGNORECASE
)
_IN_CLAUSE = re.compile(r"\b(?:not|never|cannot|avoid|dont|skip|disable|\w+n['\u2019]t)\b", re.IGNORECASE)
_JUST_BEFORE = re.compile(
    r"\b(?:no|without|instead of|rather than)\s+(?:(?:an?|the|any|using|sequence|gradient|sample)\s+)*$", re.IGNORECASE
)
_JUST_BEHIND = re.compile(r"\s*(?:[:=]\s*)?(?:is )?(?:off|false|disabled|none)\b", re.IGNORECASE)


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the words at `start` to `end` are turned down, by what stands before them in their clause or behind."""
    ends = [found.end() for found in _CLAUSE_END.finditer(text) if found.end() <= start]
    clause = text[ends[-1] if ends else 0 : start]
    before = _IN_CLAUSE.search(clause) or _JUST_BEFORE.search(clause)
    return before is not None or _JUST_BEHIND.match(text, end) is not None
