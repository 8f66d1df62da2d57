"""Memory on Mem0 and Qdrant: a folder on this machine, or a server.

A folder has one writer at a time, so it is opened for each operation and closed again: a run that takes minutes keeps
nobody out. No language model is asked: a memo is stored as it is.
"""

import fcntl
import json
import logging
import os
import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from pickle import PickleError
from typing import Any, cast
from warnings import catch_warnings, filterwarnings

from pydantic import JsonValue

from muster.core.errors import ServiceError, ServiceTimeoutError, UnreachableError
from muster.core.memory.embeddings import DIMENSIONS, Embedder
from muster.core.memory.records import Memo, Recalled
from muster.core.redaction import redact, redact_json

_MOST = 100_000
"""More memos than a store of ours ever holds: Mem0 wants a number."""
_WAIT_S = 10.0
"""How long another writer of the folder is waited for; an operation takes a fraction of a second."""
_LOOK_S = 0.02
_BROKEN = (
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    sqlite3.Error,
    PickleError,
)
"""What Qdrant and Mem0 let pass when files of theirs are damaged."""
_ANSWER_S = 5
"""How long a server's answer is waited for."""


class Mem0Memory:
    """Satisfies `Memory`. `store` says where Qdrant keeps its vectors: `{"path": ...}` or `{"host": ..., "port": ...}`.

    `home` holds the folder, the lock and Mem0's history.
    """

    def __init__(self, home: Path, embedder: Embedder, store: Mapping[str, Any], wait_s: float = _WAIT_S) -> None:
        self._home = home
        self._embedder = embedder
        self._store = dict(store)
        self._wait_s = wait_s

    def remember(self, memo: Memo) -> Memo:
        """Store a memo without its secrets. Raises ServiceError."""
        kept = memo.model_copy(update={"text": redact(memo.text), "data": _without_secrets(memo.data)})
        with self._opened() as mem0:
            added = mem0.add(kept.text, user_id=_owner(kept.scope), infer=False, metadata=_metadata(kept))
        return kept.model_copy(update={"id": str(added["results"][0]["id"])})

    def recall(self, text: str, *, kind: str, scope: str, limit: int = 5) -> tuple[Recalled, ...]:
        """The nearest memos. Raises ServiceError."""
        if not self._there():
            return ()
        filters = {"user_id": _owner(scope), "kind": kind}
        with self._opened() as mem0:
            found = mem0.search(redact(text), filters=filters, top_k=limit, threshold=0.0)["results"]
        return tuple(Recalled(memo=_memo(row), score=min(1.0, max(0.0, float(row["score"])))) for row in found)

    def all(self, *, kind: str | None = None, scope: str | None = None) -> tuple[Memo, ...]:
        """Every memo, the oldest first. Raises ServiceError."""
        if not self._there():
            return ()
        owner = None if scope is None else _owner(scope)
        filters = {name: value for name, value in (("user_id", owner), ("kind", kind)) if value is not None}
        with self._opened() as mem0:
            # Mem0's own listing asks for a user; the store's does not.
            rows, *_ = mem0.vector_store.list(filters=filters, top_k=_MOST)
        memos = (_memo({"id": row.id, "memory": row.payload["data"], "metadata": row.payload}) for row in rows)
        return tuple(sorted(memos, key=lambda memo: memo.at))

    def forget(self, memo_id: str) -> bool:
        """Remove a memo. Raises ServiceError."""
        if memo_id not in {memo.id for memo in self.all()}:
            return False
        with self._opened() as mem0:
            mem0.delete(memo_id)
        return True

    def _there(self) -> bool:
        """Whether there can be anything: an empty memory is not worth the seconds that loading Mem0 takes."""
        return "path" not in self._store or Path(self._store["path"]).is_dir()

    @contextmanager
    def _opened(self) -> Generator[Any]:
        self._home.mkdir(parents=True, exist_ok=True)
        with _locked(self._home, self._wait_s) if "path" in self._store else nullcontext():
            _quiet(self._home)
            from qdrant_client import QdrantClient
            from qdrant_client.http.exceptions import ApiException

            try:
                # its check of versions is a thread that outlives a server's refusal
                with (
                    closing(QdrantClient(**self._store, timeout=_ANSWER_S, check_compatibility=False)) as client,
                    closing(self._mem0(client)) as mem0,
                ):
                    yield mem0
            except (ApiException, *_BROKEN) as error:
                raise self._trouble(error) from error

    def _mem0(self, client: Any) -> Any:
        from mem0 import Memory  # pyright: ignore[reportMissingTypeStubs]

        vectors = {
            "client": client,
            "collection_name": f"muster_{self._embedder.name}",
            "embedding_model_dims": DIMENSIONS,
        }
        with catch_warnings():
            filterwarnings("ignore", message="Payload indexes have no effect")  # it asks for them in a folder too
            return Memory.from_config(
                {
                    "vector_store": {"provider": "qdrant", "config": vectors},
                    "embedder": {"provider": "langchain", "config": {"model": _as_embeddings(self._embedder)}},
                    "llm": {"provider": "openai", "config": {"api_key": "never asked"}},
                    "history_db_path": str(self._home / "history.db"),
                }
            )

    def _trouble(self, error: Exception) -> ServiceError:
        said = str(error) or type(error).__name__
        if "path" in self._store:
            return UnreachableError(
                f"the memory in {self._home} can't be used: {said}",
                advice=f"Move the folder {self._home} away to begin anew, or set MEMORY_ENABLED=false.",
            )
        at = self._store.get("url") or self._store["host"]
        return UnreachableError(
            f"the Qdrant server {at} can't be used: {said}",
            advice="Check QDRANT_HOST and QDRANT_PORT, or set MEMORY_ENABLED=false.",
        )


def _owner(scope: str) -> str:
    """The scope as Mem0's user; with a letter before it, as a `*` of its own would mean everybody."""
    return f"@{scope}"


def _quiet(home: Path) -> None:
    """Both are read when Mem0 is imported; otherwise it calls its maker, and keeps files in the user's home."""
    os.environ["MEM0_TELEMETRY"] = "False"  # noqa: TID251
    os.environ["MEM0_DIR"] = str(home)  # noqa: TID251
    logging.getLogger("mem0").setLevel(logging.ERROR)  # hints about extras that we do not want


def _metadata(memo: Memo) -> dict[str, str]:
    """Flat texts: what Qdrant filters by, and the rest as JSON."""
    return {"kind": memo.kind, "scope": memo.scope, "at": memo.at.isoformat(), "content": json.dumps(memo.data)}


def _memo(row: Mapping[str, Any]) -> Memo:
    more = cast("Mapping[str, str]", row["metadata"])
    return Memo(
        id=str(row["id"]),
        kind=more["kind"],
        scope=more["scope"],
        text=row["memory"],
        data=json.loads(more["content"]),
        at=datetime.fromisoformat(more["at"]),
    )


def _without_secrets(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", redact_json(data))


def _as_embeddings(embedder: Embedder) -> Any:
    """The embedder as LangChain's class, which is what Mem0 takes."""
    from langchain_core.embeddings import Embeddings

    class Adapted(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [embedder.embed(text) for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return embedder.embed(text)

    return Adapted()


@contextmanager
def _locked(home: Path, wait_s: float) -> Generator[None]:
    deadline = time.monotonic() + wait_s
    with (home / "memory.lock").open("w") as file:
        while not _taken(file.fileno()):
            if time.monotonic() > deadline:
                raise ServiceTimeoutError(
                    f"the memory in {home} was in use by another process for {wait_s:.0f} s",
                    advice="Run this again, or name a Qdrant server by QDRANT_HOST, which many can write to.",
                )
            time.sleep(_LOOK_S)
        yield


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
