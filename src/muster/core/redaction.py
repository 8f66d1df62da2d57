"""The one redactor: takes secrets out of any text before it leaves the process.

Errors, logs, traces, memory, reports and model input all pass through `redact`. It knows the values that
settings registered and the shapes that secrets usually have.
"""

import re
from collections.abc import Iterable

MASK = "[redacted]"

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # a URL's password: scheme://user:password@host
    (re.compile(r"(?P<keep>\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(?=@)"), rf"\g<keep>{MASK}"),
    (re.compile(r"(?P<keep>(?i:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\g<keep>{MASK}"),
    (re.compile(r"\b(?:hvs|hvb|s)\.[A-Za-z0-9_-]{20,}"), MASK),  # Vault tokens
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"), MASK),  # OpenAI, Langfuse, Anthropic
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}"), MASK),
    (re.compile(r"\bgithub_pat_[A-Za-z0-9_]{20,}"), MASK),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"), MASK),  # JWT
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    # NAME_WITH_SECRET=value and "password": "value", in files, logs and JSON
    (
        re.compile(
            r"(?P<keep>(?i:[\w.-]*(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|credential)[\w.-]*)"
            r"[\"']?\s*[:=]\s*[\"']?)(?!\$|\{\{|\[redacted\])[^\s\"',;}]{4,}"
        ),
        rf"\g<keep>{MASK}",
    ),
)

_known: set[str] = set()


def remember_secrets(values: Iterable[str]) -> None:
    """Register secret values of this process; values under six characters would mask ordinary text and are left out."""
    _known.update(value for value in values if len(value) >= 6)


def redact(text: str) -> str:
    """The text without known secret values and without anything that has a secret's shape."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, MASK)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text
