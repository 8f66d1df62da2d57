"""A rule about a text: a pattern, the kind of failure that it shows, and how to say so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.failures.scene import Suspect
from muster.nomad.domain.outcomes import Cause, CauseKind, Remedy

MOST_CHARACTERS = 2000
"""Only so much of a line is looked at; a line of a log can be of any length."""


@dataclass(frozen=True)
class Rule:
    """If the pattern is found, this is the kind of failure. `summary` and `advice` are formats over its named groups.

    `{task}` in them is `group/task`, `{policies}` those that give it access to Vault; a group that is not found is
    empty. The named groups become the cause's facts.
    """

    kind: CauseKind
    remedy: Remedy
    pattern: re.Pattern[str]
    summary: str
    advice: str = ""

    def judge(self, suspect: Suspect, text: str) -> Cause | None:
        """The cause, if the pattern is in the text."""
        found = self.pattern.search(text[:MOST_CHARACTERS])
        if not found:
            return None
        facts = {name: value for name, value in found.groupdict().items() if value is not None}
        words = defaultdict(str, facts, task=suspect.name, policies=suspect.policies)
        return suspect.blame(
            self.kind,
            self.remedy,
            " ".join(self.summary.format_map(words).split()),
            advice=self.advice.format_map(words),
            facts=facts,
            quotes=(text.strip(),),
        )


def judgements(rules: Iterable[Rule], suspect: Suspect, texts: Iterable[str]) -> Iterator[Cause]:
    """Every cause that a rule finds, text by text, and in each text rule by rule."""
    ordered = tuple(rules)
    return (cause for text in texts for rule in ordered if (cause := rule.judge(suspect, text)))
