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
        self._count = group.count
        self._taken = {name_index(holder.name) for holder in holders}

    def free(self, count: int) -> list[str]:
        """The lowest free names, taken from now on; so many at most that an evaluation comes to an end."""
        found: list[str] = []
        index = 0
        while len(found) < min(count, AT_ONCE):
            if index not in self._taken:
                found.append(self._take(index))
            index += 1
        return found

    def canaries(self, count: int, existing: list[Allocation], destructive: list[Allocation]) -> list[str]:
        """Names for canaries: those that will be replaced first, then free ones, then new ones beyond the count."""
        used = {name_index(canary.name) for canary in existing}
        replaced = sorted({name_index(a.name) for a in destructive if name_index(a.name) < self._count} - used)
        free = [index for index in range(min(self._count, AT_ONCE)) if index not in self._taken and index not in used]
        beyond = range(self._count, self._count + min(count, AT_ONCE))
        return [self._take(index) for index in [*replaced, *free, *beyond][: max(0, count)]]

    def _take(self, index: int) -> str:
        self._taken.add(index)
        return f"{self._prefix}[{index}]"

    def highest(self, among: list[Allocation], count: int) -> list[Allocation]:
        """The allocations with the highest names; they leave first."""
        ordered = sorted(among, key=lambda a: name_index(a.name), reverse=True)
        return ordered[: max(0, count)]
