"""The one redactor: takes secrets out of any text before it leaves the process.

Errors, logs, traces, memory, reports and model input all pass through `redact`. It knows the values that
settings registered and the shapes that secrets usually have (`secret_shapes`).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from muster.core.secret_shapes.names import names_secret_in_text
from muster.core.secret_shapes.references import is_reference
from muster.core.secret_shapes.shape import MASK
from muster.core.secret_shapes.table import mask_secrets

if TYPE_CHECKING:  # every command line imports this file
    from pydantic import JsonValue

_SHORTEST = 6
_SHORTEST_LINE = 12

_known: list[str] = []
"""The longest first: one secret may be a part of another."""


def remember_secrets(values: Iterable[str]) -> None:
    """Register secret values of this process; values under six characters would mask ordinary text and are left out."""
    forms = {form for value in values if _is_telling(value) for form in _forms(value)}
    _known[:] = sorted(forms.union(_known), key=lambda form: (-len(form), form))


def redact(text: str) -> str:
    """The text without known secret values and without anything that has a secret's shape."""
    for value in _known:
        text = text.replace(value, MASK)
    return mask_secrets(text)


def redact_json(value: JsonValue, key: str = "") -> JsonValue:
    """The same value with every text redacted; a text under a key that names a secret is masked whole."""
    match value:
        case str():
            return _masked_by_name(key, redact(value))
        case list():
            return [redact_json(item, key) for item in value]
        case dict():
            subject = value.get("key") or value.get("id") or value.get("name")  # {"key": "API_TOKEN", "value": ...}
            return {redact(name): redact_json(item, _named(name, subject)) for name, item in value.items()}
        case _:
            return value


def _is_telling(value: str) -> bool:
    return len(value) >= _SHORTEST and value not in MASK and MASK not in value and not _is_marker(value)


def _is_marker(line: str) -> bool:
    """`-----BEGIN PRIVATE KEY-----`: without it the shape of other keys would not be seen."""
    return line.startswith("-----") and "\n" not in line.strip()


def _forms(value: str) -> Iterator[str]:
    """A value as it may be met: as it is, in JSON, in a URL, in base64, and line by line."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    yield b64encode(value.encode(errors="replace")).decode().rstrip("=")
    lines = (line.strip() for line in value.splitlines())
    yield from (line for line in lines if len(line) >= _SHORTEST_LINE and not _is_marker(line))


def _named(name: str, subject: JsonValue) -> str:
    return subject if name in ("value", "default") and isinstance(subject, str) else name


def _masked_by_name(key: str, text: str) -> str:
    return MASK if names_secret_in_text(key) and not is_reference(key, text) else text
