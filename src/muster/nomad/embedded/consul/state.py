"""Consul's memory: keys, policies, tokens, services that somebody registered; each write under an index of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
FIRST_INDEX = 10


@dataclass(frozen=True)
class Pair:
    """A key's value."""

    key: str
    value: bytes
    flags: int
    create_index: int
    modify_index: int


@dataclass
class ConsulState:
    """What Consul keeps. `gone` holds the index of each deletion by key, so that blocking queries hear of it."""

    index: int = FIRST_INDEX
    pairs: dict[str, Pair] = field(default_factory=dict[str, Pair])
    gone: dict[str, int] = field(default_factory=dict[str, int])
    policies: dict[str, Json] = field(default_factory=dict[str, Json])
    """By name."""
    tokens: dict[str, Json] = field(default_factory=dict[str, Json])
    """By accessor."""
    services: dict[str, Json] = field(default_factory=dict[str, Json])
    """By id: what requests registered at the agent, in the API's shape."""
    catalog: object = None
    """What the catalog showed last, and since which index; filled by whoever reads it."""
    catalog_index: int = FIRST_INDEX

    def advance(self) -> int:
        """Open the next index."""
        self.index += 1
        return self.index

    def put_key(self, key: str, value: bytes, flags: int) -> None:
        """Write a key."""
        index, before = self.advance(), self.pairs.get(key)
        if before is not None and (before.value, before.flags) == (value, flags):
            return
        self.pairs[key] = Pair(key, value, flags, before.create_index if before else index, index)
        self.gone.pop(key, None)

    def delete_keys(self, keys: list[str]) -> None:
        """Forget keys."""
        index = self.advance()
        for key in keys:
            if self.pairs.pop(key, None) is not None:
                self.gone[key] = index

    def below(self, prefix: str) -> list[Pair]:
        """The pairs whose keys begin so, in order."""
        return [pair for key, pair in sorted(self.pairs.items()) if key.startswith(prefix)]

    def index_below(self, prefix: str) -> int:
        """The index of the last write below a prefix; the newest index where there never was one."""
        return max(self._indexes(prefix), default=self.index)

    def _indexes(self, prefix: str) -> Iterator[int]:
        yield from (pair.modify_index for pair in self.below(prefix))
        yield from (index for key, index in self.gone.items() if key.startswith(prefix))

    def put_row(self, rows: dict[str, Json], name: str, content: Json) -> Json:
        """Write a policy, a token or a service; returns it with its indexes."""
        index, before = self.advance(), rows.get(name)
        rows[name] = {**content, "CreateIndex": before["CreateIndex"] if before else index, "ModifyIndex": index}
        return rows[name]
