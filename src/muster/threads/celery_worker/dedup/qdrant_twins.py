"""Whether a persona said it already: by its words, and by what it means. Satisfies `Twins`."""

from collections.abc import Mapping, Sequence
from datetime import date

from muster.core.memory.embeddings import Embedder, pick_embedder
from muster.core.memory.settings import EmbedderName
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.celery_worker.dedup.wording import near_copies
from muster.threads.celery_worker.ports import WINDOW, PostRef, PostText, Twin
from muster.threads.common.settings import PORTS, ThreadsSettings

MEANING: Mapping[str, float] = {"minilm": 0.86, "hashing": 0.86}
"""From this cosine on it means the same, by embedder; calibrated on labelled pairs (docs/threads.md)."""


class QdrantTwins:
    """Shared by a process' threads, which embed side by side: a batch is no faster (docs/threads.md)."""

    def __init__(self, vectors: PostVectors, embedder: Embedder) -> None:
        self._vectors = vectors
        self._embedder = embedder
        self._cleaned: dict[str, date] = {}

    def find(self, post: PostRef, recent: Sequence[PostText]) -> tuple[Twin, ...]:
        """Remember the post, then name those that are alike: near copies first, then the same in other words.

        Its own vector comes first, so that of two posts at the same time one at least sees the other.
        """
        vector = self._embedder.embed(post.text)
        self._clean(post)
        self._vectors.keep(post.persona_id, post.id, vector, post.ts)
        alike = self._vectors.nearest(
            post.persona_id, vector, since=post.ts - WINDOW, at_least=MEANING[self._embedder.name]
        )
        others = [other for other in recent if other.post_id != post.id]
        near = near_copies(post.text, others)
        named = {post.id, *(twin.post_id for twin in near)}
        meant = (Twin(other, "meaning", min(1.0, score)) for other, score in alike.items() if other not in named)
        return (*near, *meant)

    def forget(self, persona_id: str, post_id: int) -> None:
        """A post that will not be published."""
        self._vectors.forget(persona_id, post_id)

    def close(self) -> None:
        """Drop all connections."""
        self._vectors.close()

    def _clean(self, post: PostRef) -> None:
        """Once a day and persona: old vectors go."""
        if self._cleaned.get(post.persona_id) != post.ts.date():
            self._vectors.forget_older(post.persona_id, post.ts - WINDOW)
            self._cleaned[post.persona_id] = post.ts.date()


def open_twins(settings: ThreadsSettings, embedder: EmbedderName = "auto") -> QdrantTwins:
    """The twins in QDRANT_URL, or in the embedded Qdrant. Opened in the process that asks: a model survives no fork.

    Raises SettingsError for an address that is none, MissingExtraError for an embedder that is not installed.
    """
    picked = pick_embedder(embedder)
    url = settings.qdrant_url or f"http://127.0.0.1:{PORTS['embedded-qdrant']}"
    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else ""
    return QdrantTwins(PostVectors(url, embedder=picked.name, key=key), picked)
