"""A memory that lasts as long as its process."""

from itertools import count

from muster.core.memory.embeddings import HashingEmbedder
from muster.core.memory.records import Memo, Recalled
from muster.core.redaction import redact, redact_json


class InMemoryMemory:
    """Satisfies `Memory`, with hashed words as vectors."""

    def __init__(self) -> None:
        self._memos: dict[str, Memo] = {}
        self._numbers = count(1)
        self._embedder = HashingEmbedder()

    def remember(self, memo: Memo) -> Memo:
        """Store a memo without its secrets."""
        data = redact_json(memo.data)
        changes = {"text": redact(memo.text), "data": data, "id": f"memo-{next(self._numbers)}"}
        kept = Memo.model_validate(memo.model_dump() | changes)
        self._memos[kept.id] = kept
        return kept

    def recall(self, text: str, *, kind: str, scope: str, limit: int = 5) -> tuple[Recalled, ...]:
        """The nearest memos."""
        found = [Recalled(memo=memo, score=self._nearness(text, memo)) for memo in self.all(kind=kind, scope=scope)]
        return tuple(sorted(found, key=lambda one: -one.score)[:limit])

    def all(self, *, kind: str | None = None, scope: str | None = None) -> tuple[Memo, ...]:
        """Every memo, the oldest first."""
        wanted = (one for one in self._memos.values() if kind in (None, one.kind) and scope in (None, one.scope))
        return tuple(sorted(wanted, key=lambda memo: memo.at))

    def forget(self, memo_id: str) -> bool:
        """Remove a memo."""
        return self._memos.pop(memo_id, None) is not None

    def _nearness(self, text: str, memo: Memo) -> float:
        pairs = zip(self._embedder.embed(text), self._embedder.embed(memo.text), strict=True)
        return min(1.0, max(0.0, sum(one * other for one, other in pairs)))
