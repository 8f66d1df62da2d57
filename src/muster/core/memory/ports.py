"""What an agent needs of a memory. Adapters are beside this file, a fake in `core.testing`."""

from typing import Protocol

from muster.core.memory.records import Memo, Recalled


class Memory(Protocol):
    """Keeps memos across runs.

    Secrets are taken out of what is stored. Every method raises a ServiceError when the store is away or in use.
    """

    def remember(self, memo: Memo) -> Memo:
        """Store a memo; it comes back as it is kept, with its id."""
        ...

    def recall(self, text: str, *, kind: str, scope: str, limit: int = 5) -> tuple[Recalled, ...]:
        """The memos of that kind and scope that are nearest in meaning, the nearest first."""
        ...

    def all(self, *, kind: str | None = None, scope: str | None = None) -> tuple[Memo, ...]:
        """Every memo, the oldest first."""
        ...

    def forget(self, memo_id: str) -> bool:
        """Remove a memo; False where there is none of that id."""
        ...
