"""Words of which one stands in every match of a regular expression, read off the expression itself.

Looking for a word is a hundred times faster than looking for an expression, and most expressions match in few files:
where none of the words stands in a text, the expression need not be tried.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

_SHORTEST = 2
_MOST = 24

Words = frozenset[str]
# One step of a parsed expression: its kind and its details, which differ from kind to kind.
Step = tuple[Any, Any]

_NONE: Words = frozenset()
_EMPTY = frozenset({""})
_ZERO_WIDTH = frozenset({"ASSERT", "ASSERT_NOT", "AT"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
# By the identity of the expression, which costs less to look up than the expression, and is held to keep it.
_KNOWN: dict[int, tuple["re.Pattern[str]", tuple[str, ...]]] = {}
# The parsed form of an expression has no public name.
_PARSER: Any = importlib.import_module("re._parser")


def needles(pattern: "re.Pattern[str]") -> tuple[str, ...]:
    """The words; none where a match may do without any, or where upper and lower case are the same to it."""
    if pattern.flags & re.IGNORECASE:
        return ()
    return tuple(sorted(_words(_PARSER.parse(pattern.pattern, pattern.flags))))


def may_match(pattern: "re.Pattern[str]", text: str) -> bool:
    """Whether the text holds what every match of the expression holds."""
    known = _KNOWN.get(id(pattern)) or _KNOWN.setdefault(id(pattern), (pattern, needles(pattern)))
    for word in known[1]:
        if word in text:
            return True
    return not known[1]


def _words(steps: Iterable[Step]) -> Words:
    """The best choice among the steps, all of which are in a match: long words, or else few."""
    choices = [_shorn(words) for words in _choices(steps)]
    useful = [words for words in choices if 0 < len(words) <= _MOST and _shortest(words) >= _SHORTEST]
    return max(useful, key=lambda words: (min(_shortest(words), 4), -len(words)), default=_NONE)


def _choices(steps: Iterable[Step]) -> Iterator[Words]:
    """Texts of neighbouring steps put together, one of which is in a match; of other steps what they hold."""
    run = _EMPTY
    for kind, details in steps:
        texts = _texts(str(kind), details)
        if texts and len(run) * len(texts) <= _MOST:
            run = frozenset(before + text for before, text in product(run, texts))
            continue
        yield run
        run = texts or _EMPTY
        if not texts:
            yield _inside(str(kind), details)
    yield run


def _texts(kind: str, details: Any) -> Words:
    """All texts that a step can match, where they are few; what has no width matches the empty one."""
    match kind:
        case "LITERAL":
            return frozenset({chr(details)})
        case "IN" if all(str(what) == "LITERAL" for what, _ in details):
            return frozenset(chr(letter) for _, letter in details)
        case "SUBPATTERN" if not details[1] & re.IGNORECASE:
            return _texts_of_all(details[3])
        case "ATOMIC_GROUP":
            return _texts_of_all(details)
        case "BRANCH":
            branches = [_texts_of_all(branch) for branch in details[1]]
            return _NONE.union(*branches) if all(branches) else _NONE
        case "MAX_REPEAT" | "MIN_REPEAT" if (details[0], details[1]) == (0, 1):
            inner = _texts_of_all(details[2])
            return inner | _EMPTY if inner else _NONE
        case _:
            return _EMPTY if kind in _ZERO_WIDTH else _NONE


def _texts_of_all(steps: Iterable[Step]) -> Words:
    run = _EMPTY
    for kind, details in steps:
        run = frozenset(before + text for before, text in product(run, _texts(str(kind), details)))
        if not 0 < len(run) <= _MOST:
            return _NONE
    return run


def _inside(kind: str, details: Any) -> Words:
    """The words in a step that has no few texts itself."""
    if kind == "SUBPATTERN":
        return _NONE if details[1] & re.IGNORECASE else _words(details[3])
    if kind == "ATOMIC_GROUP":
        return _words(details)
    if kind in _REPEATS:
        return _words(details[2]) if details[0] > 0 else _NONE
    if kind == "BRANCH":
        branches = [_words(branch) for branch in details[1]]
        return _NONE.union(*branches) if all(branches) else _NONE
    return _NONE


def _shorn(words: Words) -> Words:
    """The words without those that hold another one."""
    return frozenset(word for word in words if not any(other in word for other in words if other != word))


def _shortest(words: Words) -> int:
    return min(map(len, words))
