"""Rows that are the same, or the same but for case, signs and spaces; rows to evaluate on that are trained on too."""

import re
from hashlib import blake2b

from muster.aegis.domain.data.rows import Row, whole_text
from muster.aegis.domain.values import Part

_NO_WORD = re.compile(r"[\W_]+")
_WORDS = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128)).encode() + bytes(128)
"""The same for a text of ASCII, by a table of bytes: ten times as fast."""


def exact_hash(row: Row) -> int:
    """64 bits of the row's text."""
    return _hash(whole_text(row))


def near_hash(row: Row) -> int:
    """64 bits of its words alone: letters and digits, lower case."""
    text = whole_text(row)
    if text.isascii():
        return _digest(b" ".join(text.encode().translate(_WORDS).split()) or text.encode())
    return _hash(_NO_WORD.sub(" ", text.casefold()).strip() or text)


class Likeness(Part):
    """Rows that were there before. `near` counts those that are not `exact`."""

    exact: int = 0
    near: int = 0
    leaked: int = 0
    """Rows of the training that are among the rows to evaluate on."""
    leaks: tuple[int, ...] = ()
    """The lines of the first ones."""


class LikenessCount:
    """Two sets of hashes: 64 bits a row, the only thing here that grows with the file."""

    def __init__(self, held_out: frozenset[int] = frozenset()) -> None:
        self._exact: set[int] = set()
        self._near: set[int] = set()
        self._held_out = held_out
        self._told = Likeness()

    def add(self, row: Row, line: int) -> None:
        """One row."""
        exact, near, told = exact_hash(row), near_hash(row), self._told
        again = {"exact": told.exact + 1} if exact in self._exact else {}
        if not again and near in self._near:
            again = {"near": told.near + 1}
        if near in self._held_out:
            again |= {"leaked": told.leaked + 1}
            self._told = told.model_copy(update={**again, "leaks": (*told.leaks, line)[:5]})
        elif again:
            self._told = told.model_copy(update=again)
        self._exact.add(exact)
        self._near.add(near)

    def told(self) -> Likeness:
        """The counts so far."""
        return self._told


def is_held_out(row: Row, share: float, seed: int) -> bool:
    """Whether a row is evaluated on: by its words, so that near duplicates never stand on both sides."""
    return (near_hash(row) ^ _hash(str(seed))) % 1_000_000 < share * 1_000_000


def _hash(text: str) -> int:
    return _digest(text.encode("utf-8", "surrogatepass"))


def _digest(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest())
