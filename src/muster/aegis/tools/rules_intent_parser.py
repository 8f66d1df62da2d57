"""Reads an intent by rules alone: offline, and the same words always mean the same."""

from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.parse import parse_intent


class RulesIntentParser:
    """Satisfies the port IntentParser."""

    def parse(self, text: str) -> Intent:
        """What the words ask for."""
        return parse_intent(text)
