"""Whether words of a prompt are turned down: "don't use 2 replicas", "not on port 80", "no image x"."""

import re

_CLAUSE_END = re.compile(r"[;,!?\n]|\.(?=\s)|\bbut\b", re.IGNORECASE)
_IN_CLAUSE = re.compile(r"\b(?:not|never|cannot|avoid|dont|\w+n['\u2019]t)\b", re.IGNORECASE)
# These turn down only what follows at once: "no downtime with 2 replicas" wants two.
_JUST_BEFORE = re.compile(
    r"\b(?:no|without|instead of|rather than)\s+(?:(?:an?|the|any|running|using)\s+)*$", re.IGNORECASE
)


def is_negated(text: str, start: int) -> bool:
    """Whether the clause in which the words at `start` stand says before them that they are not wanted."""
    clause = _CLAUSE_END.split(text[:start])[-1]
    return _IN_CLAUSE.search(clause) is not None or _JUST_BEFORE.search(clause) is not None
