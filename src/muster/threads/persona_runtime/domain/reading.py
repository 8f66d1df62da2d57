"""A text as words, its disguises seen through: `k i l l`, `k1ll`, `k.ill`, `kiiill`, `k*ll`, a word cut in two.

A disguise is lifted only where a word of the rules comes out, so ordinary words stay what they are.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from muster.threads.persona_runtime.domain.letters import folded, skeleton
from muster.threads.persona_runtime.domain.phrases import Words

_PIECE = re.compile(r"[^\W_]+")
_EDGES = ".,;:?\"'()[]{}<>\u2026\u201c\u201d\u00ab\u00bb-\u2013\u2014~#"
_SPACED = re.compile(r"(?<![\w'$@])(?:[^\W_]|[$@!|])(?:[\W_]{1,3}(?:[^\W_]|[$@!|])){2,}(?![\w'])")
_RUN = re.compile(r"(.)\1\1")
_MASK = re.compile(r"[*#_\u2022\u00b7%]")
_LONGEST = 24
"""Letters of a word; a longer one is looked at no further."""


class Vocabulary:
    """The words that rules are made of, found again under their disguises."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)

    @cached_property
    def _by_skeleton(self) -> dict[str, str]:
        """A number is no disguise's word: `4` would be found where `a` is written."""
        return {skeleton(word): word for word in sorted(self.words, reverse=True) if not word.isdigit()}

    def behind(self, word: str) -> str | None:
        """The word that this spelling hides, if it hides one."""
        if word in self.words:
            return word
        if _MASK.search(word):
            return self._unmasked(word)
        return self._by_skeleton.get(skeleton(word))

    def split(self, letters: str) -> list[str] | None:
        """Letters without spaces, as words; None where they are none. The longest words win."""
        ways: list[list[str] | None] = [[]]
        for end in range(1, len(letters) + 1):
            starts = range(max(0, end - _LONGEST), end)
            fits = ((ways[start], self.behind(letters[start:end])) for start in starts if ways[start] is not None)
            ways.append(min(([*way, word] for way, word in fits if way is not None and word), key=len, default=None))
        return ways[-1]

    def _unmasked(self, word: str) -> str | None:
        bare = word.strip("*")
        if len(bare) < 3 or sum(one.isalpha() for one in bare) < 2:
            return None
        pattern = re.compile("".join("[a-z]" if _MASK.match(one) else re.escape(one) for one in bare))
        return min((one for one in self.words if len(one) == len(bare) and pattern.fullmatch(one)), default=None)


def readings(hook: str, body: str, vocabulary: Vocabulary) -> tuple[Words, ...]:
    """Hook and body as one text; again with the words at the joint as one, where that is a word of the rules."""
    first, second = list(_words(hook, vocabulary)), list(_words(body, vocabulary))
    plain = Words.of([*first, *second])
    joined = vocabulary.behind(first[-1] + second[0]) if first and second else None
    if joined is None:
        return (plain,)
    return plain, Words.of([*first[:-1], joined, *second[1:]])


def _words(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    spaced = _SPACED.sub(lambda found: _closed(found[0], vocabulary), folded(text))
    words = [word for chunk in spaced.split() for word in _of_chunk(chunk, vocabulary)]
    at = 0
    while at < len(words):
        pair = words[at] + words[at + 1] if at + 1 < len(words) else ""
        if pair and (_is_fragment(words[at]) or _is_fragment(words[at + 1])) and pair in vocabulary.words:
            yield pair
            at += 1
        else:
            yield words[at]
        at += 1


def _of_chunk(chunk: str, vocabulary: Vocabulary) -> Iterator[str]:
    bare = chunk.strip(_EDGES)
    plain = bare.replace("'", "")
    if plain.isascii() and plain.isalpha() and not _RUN.search(plain):
        yield plain
    elif len(bare) <= _LONGEST and (hidden := _hidden(bare, vocabulary)):
        yield hidden
    else:
        for piece in _PIECE.findall(plain):
            yield (_hidden(piece, vocabulary) if len(piece) <= _LONGEST else None) or piece


def _hidden(bare: str, vocabulary: Vocabulary) -> str | None:
    """Digits alone are a number. A sign at the end may be a letter or a mark: `k!ll!`."""
    if not any(one.isalpha() for one in bare):
        return None
    return vocabulary.behind(bare.rstrip("!")) or vocabulary.behind(bare)


def _closed(spaced: str, vocabulary: Vocabulary) -> str:
    letters = "".join(one for one in spaced if one.isalnum() or one in "$@!|")
    if len(letters) > 4 * _LONGEST:
        return spaced
    return " ".join(vocabulary.split(letters) or [letters])


def _is_fragment(word: str) -> bool:
    """Whether nobody can say it: `b`, `mb`."""
    return word not in ("a", "i", "u", "o") and (len(word) == 1 or not any(one in "aeiouy" for one in word))
