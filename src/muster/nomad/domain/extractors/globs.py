"""Which of several lists of globs ask for a file: all lists become one look-up, by name and by suffix.

Repositories have many files and extractors many globs; one `fnmatch` for each pair would cost more than reading them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

_MAGIC = re.compile(r"[*?\[]")
_SUFFIX = re.compile(r"\*(\.[^*?\[./]+)")


@dataclass(frozen=True)
class Globs:
    """Lists of globs.

    A glob without a slash is matched against the file's name in any folder, one with a slash against the whole path
    (`*` crosses folders there). Upper and lower case are told apart.
    """

    lists: Sequence[Sequence[str]]

    def asking(self, path: str) -> tuple[int, ...]:
        """The numbers of the lists with a glob that asks for this file, in order."""
        name = path[path.rfind("/") + 1 :]
        dot = name.rfind(".")
        found = [*self._by_name.get(name, ()), *(self._by_suffix.get(name[dot:], ()) if dot >= 0 else ())]
        found += self._by_pattern.asking(name)
        found += self._by_path.asking(path)
        return tuple(sorted(set(found))) if len(found) > 1 else tuple(found)

    @cached_property
    def _pairs(self) -> list[tuple[str, int]]:
        return [(glob, number) for number, globs in enumerate(self.lists) for glob in globs]

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        return _grouped((glob, number) for glob, number in self._pairs if not _MAGIC.search(glob) and "/" not in glob)

    @cached_property
    def _by_suffix(self) -> dict[str, list[int]]:
        return _grouped((found[1], number) for glob, number in self._pairs if (found := _SUFFIX.fullmatch(glob)))

    @cached_property
    def _by_pattern(self) -> "_Patterns":
        return _Patterns(
            [pair for pair in self._pairs if "/" not in pair[0] and _MAGIC.search(pair[0]) and not _is_suffix(pair[0])]
        )

    @cached_property
    def _by_path(self) -> "_Patterns":
        return _Patterns([pair for pair in self._pairs if "/" in pair[0]])


@dataclass(frozen=True)
class _Patterns:
    """Globs that need a regular expression, each with the number of its list."""

    pairs: Sequence[tuple[str, int]]

    def asking(self, text: str) -> list[int]:
        if not self._any(text):  # most files are nobody's: one expression says so
            return []
        return [number for matches, number in self._each if matches(text)]

    @cached_property
    def _any(self) -> Callable[[str], object]:
        alternatives = "|".join(f"(?:{translate(glob)})" for glob, _ in self.pairs)
        return re.compile(alternatives or r"(?!)").match

    @cached_property
    def _each(self) -> list[tuple[Callable[[str], object], int]]:
        return [(re.compile(translate(glob)).match, number) for glob, number in self.pairs]


def _is_suffix(glob: str) -> bool:
    return _SUFFIX.fullmatch(glob) is not None


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key, number in pairs:
        found[key].append(number)
    return dict(found)
