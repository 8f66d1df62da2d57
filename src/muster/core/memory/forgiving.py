"""A memory that a run can do without: where the store is away, nothing is recalled, and one warning is logged."""

import logging
from collections.abc import Callable
from typing import TypeVar

from muster.core.errors import ServiceError
from muster.core.memory.ports import Memory
from muster.core.memory.records import Memo, Recalled

_LOG = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")


class ForgivingMemory:
    """Satisfies `Memory` over another one, which is asked no more after its first failure."""

    def __init__(self, inner: Memory) -> None:
        self._inner = inner
        self._away = False

    def remember(self, memo: Memo) -> Memo:
        """Store a memo; without an id where that failed."""
        return self._tried(lambda: self._inner.remember(memo), memo)

    def recall(self, text: str, *, kind: str, scope: str, limit: int = 5) -> tuple[Recalled, ...]:
        """The nearest memos; none where the store is away."""
        return self._tried(lambda: self._inner.recall(text, kind=kind, scope=scope, limit=limit), ())

    def all(self, *, kind: str | None = None, scope: str | None = None) -> tuple[Memo, ...]:
        """Every memo; none where the store is away."""
        return self._tried(lambda: self._inner.all(kind=kind, scope=scope), ())

    def forget(self, memo_id: str) -> bool:
        """Remove a memo; False where that failed."""
        return self._tried(lambda: self._inner.forget(memo_id), False)

    def _tried(self, operation: Callable[[], ResultT], otherwise: ResultT) -> ResultT:
        if self._away:
            return otherwise
        try:
            return operation()
        except ServiceError as error:
            self._away = True
            _LOG.warning("the run goes on without memory: %s %s", error.message, error.advice)
            return otherwise


class NoMemory:
    """Satisfies `Memory` where none is wanted: remembers nothing."""

    def remember(self, memo: Memo) -> Memo:
        """The memo, not stored."""
        return memo

    def recall(self, text: str, *, kind: str, scope: str, limit: int = 5) -> tuple[Recalled, ...]:
        """Nothing."""
        return ()

    def all(self, *, kind: str | None = None, scope: str | None = None) -> tuple[Memo, ...]:
        """Nothing."""
        return ()

    def forget(self, memo_id: str) -> bool:
        """False."""
        return False
