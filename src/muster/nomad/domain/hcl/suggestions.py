"""`Did you mean "x"?`, with the distance that HashiCorp's parser allows."""

from collections.abc import Iterable

_NEAR = 3
"""Fewer edits than this make a suggestion."""


def suggest(given: str, names: Iterable[str]) -> str:
    """` Did you mean "x"?` for the first name near to the given one, else nothing."""
    near = next((name for name in names if _distance(given, name) < _NEAR), None)
    return f' Did you mean "{near}"?' if near else ""


def _distance(left: str, right: str) -> int:
    if abs(len(left) - len(right)) >= _NEAR:
        return _NEAR
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (char != other))
    return row[-1]
