"""Writes without a model: a persona's own sentences, by the seed of the run."""

from collections.abc import Sequence
from random import Random

from muster.threads.persona_runtime.domain.fitting import fit
from muster.threads.persona_runtime.domain.offline_words import write_body, write_hook
from muster.threads.persona_runtime.ports import Brief, Written


class OfflineAuthor:
    """Satisfies `Author`; the same seed, persona and subject give the same words."""

    def hook(self, brief: Brief) -> Written:
        """An opener of the persona."""
        return Written(write_hook(brief.persona.voice, brief.subject, _chance(brief, "hook")))

    def body(self, brief: Brief, hook: str) -> Written:
        """Thoughts of the persona."""
        return Written(write_body(brief.persona.voice, brief.subject, _chance(brief, "body")))

    def condense(self, brief: Brief, hook: str, body: str, problems: Sequence[str]) -> Written:
        """Fewer sentences."""
        return Written(fit(hook, body)[1])


def _chance(brief: Brief, part: str) -> Random:
    return Random(f"{brief.seed} {brief.persona.id} {brief.subject} {part}")
