"""Version constraints such as `>= 1.2, < 2`, for the operands `version` and `semver`."""

import operator
import re
from collections.abc import Callable

_CLAUSE = re.compile(r"^\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?\s*$")
_VERSION = re.compile(r"^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+\S+)?$")

Version = tuple[tuple[int, ...], bool, str]
_COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def meets_version(version: str, wanted: str) -> bool:
    """Whether a version satisfies every clause; text that is no version satisfies nothing."""
    found = _VERSION.match(version.strip())
    if found is None:
        return False
    have = _version(found.group(1), found.group(2))
    return all(_clause_holds(have, clause) for clause in wanted.split(","))


def _version(numbers: str, prerelease: str | None) -> Version:
    parts = tuple(int(part) for part in numbers.split("."))
    return (*parts, 0, 0, 0)[: max(3, len(parts))], prerelease is None, prerelease or ""


def _clause_holds(have: Version, clause: str) -> bool:
    found = _CLAUSE.match(clause)
    if found is None:
        return False
    sign, numbers, prerelease = found.groups()
    wanted = _version(numbers, prerelease)
    if sign == "~>":
        fixed = len(numbers.split(".")) - 1
        return have >= wanted and have[0][:fixed] == wanted[0][:fixed]
    return _COMPARE[sign or "="](have, wanted)
