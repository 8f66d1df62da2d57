"""A small language for phrases of words, and what it finds in words.

kill~ {person}        any form of `kill`, then a word of the list `person`
how to make|build .. bomb~    alternatives, a gap of three words at most (`...`: six)
lives at # .. street  a number; `(#)`: one that may be missing
end (it) all_of_this  a word that may be missing; `_` keeps the words of one alternative together
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muster.threads.persona_runtime.domain.letters import folded

_GAPS = {"..": 3, "...": 6}
_NUMBERS = {"#": r"(?:\d{1,9}[a-z]? ){1,2}", "(#)": r"(?:\d{1,9}[a-z]? ){0,2}"}
"""`0.1` is two words."""
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Phrase:
    """Compiled once. `anchors`: words of which the text holds one, or the phrase is not in it."""

    pattern: re.Pattern[str]
    anchors: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class Words:
    """Words of a text in order, as phrases are looked for in them: each with a space behind it."""

    text: str
    known: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> "Words":
        """From words without a space in them."""
        listed = tuple(words)
        return cls("".join(f"{one} " for one in listed), frozenset(listed))


def compile_phrase(text: str, lists: Mapping[str, tuple[str, ...]]) -> Phrase:
    """Raises ValueError for a list that does not exist, or one of several words of which only one has to be there."""
    pieces, sets = list[str](), list[frozenset[str]]()
    words: frozenset[str] = frozenset()
    for token in text.split():
        if token in _GAPS:
            pieces.append(rf"(?:\S+ ){{0,{_GAPS[token]}}}")
            continue
        if token in _NUMBERS:
            pieces.append(_NUMBERS[token])
            continue
        optional = token.startswith("(") and token.endswith(")")
        choices = _choices(token.strip("()"), lists)
        parts = frozenset(word for choice in choices for word in choice.split())
        words |= parts
        pieces.append(f"(?:{'|'.join(sorted(map(re.escape, choices), key=len, reverse=True))}) ")
        if optional:
            pieces[-1] = f"(?:{pieces[-1]})?"
        else:
            sets.append(parts)
    if len(sets) < min(2, len(pieces)):
        raise ValueError(f"the phrase {text!r} needs two words that have to be there: one would be found everywhere")
    return Phrase(re.compile(rf"(?<!\S){''.join(pieces)}"), min(sets, key=len), words)


def find(phrase: Phrase, words: Words) -> str | None:
    """Where it is said: those words; None where it is not."""
    if phrase.anchors.isdisjoint(words.known):
        return None
    found = phrase.pattern.search(words.text)
    return found[0].strip() if found else None


def without(phrases: Iterable[Phrase], words: Words) -> Words:
    """The words with what the phrases find taken out; a mark stays, so that what was apart does not meet."""
    text = words.text
    for phrase in phrases:
        if not phrase.anchors.isdisjoint(words.known):
            text = phrase.pattern.sub("\N{MIDDLE DOT} ", text)
    return words if text == words.text else Words.of(text.split())


def forms_of(word: str) -> frozenset[str]:
    """A word and its regular forms: -s, -ed, -ing, -er, -ers. Some are no words, and harm nobody."""
    stem = word[:-1] if word.endswith("e") else word
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return frozenset({word, f"{word}ing", *(f"{word[:-1]}{end}" for end in ("ies", "ied", "ier", "iers"))})
    ends = {f"{stem}{end}" for end in ("ed", "ing", "er", "ers")}
    if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
        ends |= {f"{word}{word[-1]}{end}" for end in ("ed", "ing", "er", "ers")}
    return frozenset({word, f"{word}s", f"{word}es", *ends})


def _choices(token: str, lists: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    found: set[str] = set()
    for choice in token.split("|"):
        if choice.startswith("{"):
            name = choice.strip("{}")
            if name not in lists:
                raise ValueError(f"there is no list of words {name!r}")
            found |= {form for one in lists[name] for form in _forms(one)}
        else:
            found |= _forms(choice)
    return frozenset(found)


def _forms(choice: str) -> frozenset[str]:
    bare = folded(choice.removesuffix("~").replace("_", " ")).replace("'", "")
    if not choice.endswith("~"):
        return frozenset({bare})
    *before, last = bare.split()
    return frozenset(" ".join([*before, form]) for form in forms_of(last))
