"""Settings in, memory out."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from muster.core.extras import require
from muster.core.memory.embeddings import Embedder, pick_embedder
from muster.core.memory.forgiving import ForgivingMemory, NoMemory
from muster.core.memory.health import server_address
from muster.core.memory.mem0_memory import Mem0Memory
from muster.core.memory.ports import Memory
from muster.core.memory.settings import EmbedderName, MemorySettings

_MODULES = ("langchain", "mem0", "qdrant_client")


def open_memory(settings: MemorySettings, muster_home: Path) -> Memory:
    """The memory itself, for whoever came for it. Raises MissingExtraError where it is not installed."""
    require("memory", *_MODULES)
    home = muster_home / "memory"
    return Mem0Memory(home, _LateEmbedder(settings.memory_embedder), _store(settings, home))


def open_run_memory(settings: MemorySettings, muster_home: Path) -> Memory:
    """The memory of a run, which never fails it; none where it is switched off or not installed."""
    if not settings.memory_enabled or not all(find_spec(module) for module in _MODULES):
        return NoMemory()
    return ForgivingMemory(open_memory(settings, muster_home))


def _store(settings: MemorySettings, home: Path) -> dict[str, Any]:
    if settings.qdrant_host is None:
        return {"path": str(home / "qdrant")}
    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
    return {"url": server_address(settings), "api_key": key}


class _LateEmbedder:
    """Satisfies `Embedder`: its model is loaded with the first text."""

    def __init__(self, name: EmbedderName) -> None:
        self._name: EmbedderName = name
        self._picked: Embedder | None = None

    @property
    def name(self) -> str:
        """The picked embedder's name."""
        return self._embedder().name

    def embed(self, text: str) -> list[float]:
        """The vector of a text."""
        return self._embedder().embed(text)

    def _embedder(self) -> Embedder:
        if self._picked is None:
            self._picked = pick_embedder(self._name)
        return self._picked
