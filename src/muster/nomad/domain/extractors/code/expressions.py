"""What an expression in code comes to: parts that are joined, alternatives, names with what gives them their values.

This much is the same in every language. What stands at one place of the code - a literal, a call, a read of a
variable - is read by `CompiledExpressions` and `ScriptingExpressions` with the `Grammar` of a language; Go and
JavaScript, which are richer there, have expressions of their own.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value, agreed, first_known, joined

MOST_PARTS = 8
DEEPEST = 8
"""How deep values are looked up in values."""

Places = Mapping[str, Sequence[int]]
"""Where the names of a file get their values, as offsets."""

Placed = tuple[Value, int]
"""A value, and where what gives it ends."""


@dataclass(frozen=True)
class Expressions(ABC):
    """Looks values up in one file, then among the fields and names that the unit's files agree on."""

    text: CodeText
    places: Places
    fields: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What names of fields stand for, by declarations."""
    unit: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What the names stand for by the other files."""
    _seen: dict[str, Value] = field(default_factory=dict[str, Value], init=False, repr=False, compare=False)

    def value(self, offset: int, depth: int = 0) -> Value:
        """The value of the expression at an offset, with its alternatives."""
        return self._expression(offset, depth)[0]

    def shared(self) -> Iterator[tuple[str, Value]]:
        """What the file says about names that other files may use."""
        return ((name, value) for name in self.places if (value := self.named(name)).known)

    def named(self, name: str, depth: int = 0) -> Value:
        """The value of a name: the one that the file gives it, else what the unit knows of it."""
        if name not in self._seen:
            self._seen[name] = UNKNOWN  # a name that is set from itself ends here
            own = first_known(self.value(place, depth + 1) for place in self.places.get(name, ())[:MOST_PARTS])
            self._seen[name] = self._known(name, own, depth)
        return self._seen[name]

    def _known(self, name: str, own: Value, depth: int) -> Value:
        """The value of a name that has this one in its file."""
        known = first_known((own, self.fields.get(name, UNKNOWN)))
        return known if known.known else self.unit.get(name, UNKNOWN)

    @abstractmethod
    def _expression(self, offset: int, depth: int) -> Placed:
        """The value of the expression at an offset, `depth` lookups deep."""

    def _joined(self, offset: int, depth: int, part: Callable[[int, int], Placed], plus: "re.Pattern[str]") -> Placed:
        """Parts that are put together; one alone is itself."""
        parts, end = self._parts(offset, depth, part, plus)
        return joined(parts) if len(parts) > 1 else first_known(parts), end

    def _first(self, offset: int, depth: int, part: Callable[[int, int], Placed], other: "re.Pattern[str]") -> Placed:
        """Alternatives, the first of which counts as far as it is known."""
        parts, end = self._parts(offset, depth, part, other)
        return first_known(parts), end

    def _parts(
        self, offset: int, depth: int, part: Callable[[int, int], Placed], between: "re.Pattern[str]"
    ) -> tuple[list[Value], int]:
        found: list[Value] = []
        for _ in range(MOST_PARTS if depth < DEEPEST else 0):
            value, offset = part(offset, depth)
            found.append(value)
            another = between.match(self.text.code, offset)
            if another is None:
                break
            offset = another.end()
        return found, offset


E = TypeVar("E", bound=Expressions)


def unit_expressions(alone: Iterable[E]) -> Mapping[str, E]:
    """What expressions come to in each file of a unit, by its path, with what the files agree on."""
    files = tuple(alone)
    shared = agreed(pair for one in files for pair in one.shared())
    return {one.text.file.path: replace(one, unit=shared) for one in files}
