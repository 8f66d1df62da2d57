"""Names of allocations, `job.group[index]`: which are taken, which are free, which go first."""

import re
from collections.abc import Iterable

from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation

AT_ONCE = 1000
_INDEX = re.compile(r"\[(\d+)\]$")


def name_index(name: str) -> int:
    """The number at the end of an allocation's name."""
    found = _INDEX.search(name)
    return int(found.group(1)) if found else 0


class NameIndex:
    """The names that a group's allocations hold."""

    def __init__(self, job_id: str, group: GroupSpec, holders: Iterable[Allocation]) -> None:
        self._prefix = f"{job_id}.{group.name}"
        self._taken = {name_index(holder.name) for holder in holders}

    def free(self, count: int) -> list[str]:
        """The lowest free names; so many at most that an evaluation comes to an end."""
        count = min(count, AT_ONCE)
        found: list[str] = []
        index = 0
        while len(found) < count:
            if index not in self._taken:
                found.append(f"{self._prefix}[{index}]")
            index += 1
        return found

    def highest(self, among: list[Allocation], count: int) -> list[Allocation]:
        """The allocations with the highest names; they leave first."""
        ordered = sorted(among, key=lambda a: name_index(a.name), reverse=True)
        return ordered[: max(0, count)]
