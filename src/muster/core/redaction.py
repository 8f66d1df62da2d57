"""The one redactor: takes secrets out of any text before it leaves the process.

Errors, logs, traces, memory, reports and model input all pass through `redact`. It knows the values that
settings registered and the shapes that secrets usually have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command line imports this file
    from pydantic import JsonValue

MASK = "[redacted]"

_NAMES = r"(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|credential)"
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)

# A word is entered at its start only and never twice, so that a long line costs as much per character as a short one.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # a URL's password: scheme://user:password@host
    (re.compile(r"(?P<keep>(?<=[a-zA-Z0-9+.-])://[^\s:/@]*:)[^\s@/]+(?=@)"), rf"\g<keep>{MASK}"),
    (re.compile(r"(?P<keep>(?i:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\g<keep>{MASK}"),
    (re.compile(r"\b(?:hvs|hvb|s)\.[A-Za-z0-9_-]{20,}"), MASK),  # Vault tokens
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"), MASK),  # OpenAI, Langfuse, Anthropic
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}"), MASK),
    (re.compile(r"\bgithub_pat_[A-Za-z0-9_]{20,}"), MASK),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (  # JWT
        re.compile(
            r"(?<![A-Za-z0-9_-])(?P<keep>(?>[A-Za-z0-9_-]*?\b(?=eyJ)))"
            r"eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]*"
        ),
        rf"\g<keep>{MASK}",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    # NAME_WITH_SECRET=value and "password": "value", in files, logs and JSON
    (
        re.compile(
            rf"(?P<keep>(?<![\w.-])(?=[\w.-]*?(?i:{_NAMES}))[\w.-]++"
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


def redact_json(value: JsonValue, key: str = "") -> JsonValue:
    """The same value with every text redacted; a text under a key that names a secret is masked whole."""
    match value:
        case str():
            return _masked_by_name(key, redact(value))
        case list():
            return [redact_json(item, key) for item in value]
        case dict():
            subject = value.get("key") or value.get("id")  # {"key": "API_TOKEN", "value": ...}
            return {name: redact_json(item, _named(name, subject)) for name, item in value.items()}
        case _:
            return value


def _named(name: str, subject: JsonValue) -> str:
    return subject if name in ("value", "default") and isinstance(subject, str) else name


def _masked_by_name(key: str, text: str) -> str:
    return MASK if _SECRET_NAME.search(key) and len(text) >= 4 and not text.startswith(("$", "{{")) else text
