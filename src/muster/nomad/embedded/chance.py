"""Chance without luck: ids, ports and jitters follow from a seed, so that a journal replays to the same cluster."""

import hashlib
import uuid


class Chance:
    """A stream of values out of a seed; the same calls give the same values."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def _draw(self) -> bytes:
        self._drawn += 1
        return hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()

    def identifier(self) -> str:
        """A fresh UUID."""
        return str(uuid.UUID(bytes=self._draw()[:16]))

    def below(self, limit: int) -> int:
        """An integer in [0, limit)."""
        return int.from_bytes(self._draw()[:8], "big") % limit


def stable_identifier(*parts: str) -> str:
    """The UUID that always belongs to these words."""
    return str(uuid.UUID(bytes=hashlib.sha256("/".join(parts).encode()).digest()[:16]))


def spread(word: str, limit: int) -> int:
    """The integer in [0, limit) that always belongs to a word."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big") % limit
