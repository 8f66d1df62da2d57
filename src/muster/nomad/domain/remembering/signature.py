"""What two failures have in common: the words of their cause without what differs each time."""

import re

from muster.nomad.domain.outcomes import Cause

_MOST_QUOTES = 2
_MOST_CHARACTERS = 600
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\bsha256:[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{7,}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b"), "TIME"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\[[0-9a-f:]{3,}\](?::\d+)?", re.IGNORECASE), "ADDRESS"),
    (re.compile(r"\b[\w.-]+\.[a-z]{2,}:\d{2,5}\b", re.IGNORECASE), "ADDRESS"),
    (re.compile(r"\d+(?:\.\d+)?"), "N"),
)
"""Identifiers, times, addresses and numbers, in this order: the earlier ones hold numbers too."""


def signature_of(cause: Cause) -> str:
    """The cause's kind, summary and first quotes, in words that the same failure has elsewhere and tomorrow."""
    said = (cause.summary, *cause.quotes[:_MOST_QUOTES])
    text = " | ".join(normalised(_unnamed(line, cause)) for line in said if line.strip())
    return f"{cause.kind}: {text}"[:_MOST_CHARACTERS]


def normalised(text: str) -> str:
    """One line without identifiers, times, addresses and numbers."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return " ".join(text.split())


def _unnamed(text: str, cause: Cause) -> str:
    """Group, task and service carry the application's own names."""
    names = {cause.group: "GROUP", cause.task: "TASK", cause.facts.get("service", ""): "SERVICE"}
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", names[name], text)
    return text
