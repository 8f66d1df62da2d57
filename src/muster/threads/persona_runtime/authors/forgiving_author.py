"""Writes by models, and offline where those fail: only where THREADS_OFFLINE_FALLBACK says so."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muster.threads.persona_runtime.ports import Author, AuthorFailedError, Brief, Written

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ForgivingAuthor:
    """Satisfies `Author`; each part is written by the first of both that can."""

    first: Author
    second: Author

    def hook(self, brief: Brief) -> Written:
        """As `Author` does."""
        return self._either(lambda author: author.hook(brief))

    def body(self, brief: Brief, hook: str) -> Written:
        """As `Author` does."""
        return self._either(lambda author: author.body(brief, hook))

    def condense(self, brief: Brief, hook: str, body: str, problems: Sequence[str]) -> Written:
        """As `Author` does."""
        return self._either(lambda author: author.condense(brief, hook, body, problems))

    def _either(self, write: Callable[[Author], Written]) -> Written:
        try:
            return write(self.first)
        except AuthorFailedError as error:
            _LOG.warning("the offline writer stands in: %s", error.message)
            return write(self.second)
