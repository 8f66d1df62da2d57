"""Names that Nomad takes: RFC 1123 labels for jobs, groups, tasks and services; identifiers for variables and ports.

Nomad holds only services to RFC 1123. A job could be called nearly anything, but services are named after it: so there
is one rule for all.
"""

import hashlib
import re
import unicodedata
from collections.abc import Container

MAX_LABEL = 63
"""RFC 1123; Nomad and Consul hold services to it."""

# What Unicode knows no plain letter for.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"})
_HASH = 6


def safe_name(text: str, *, fallback: str = "app") -> str:
    """Lower-case letters, digits and dashes, at most 63, beginning and ending with a letter or digit.

    Of what nothing can be spelt in these, the fallback with a number that follows from the text.
    """
    name = re.sub(r"[^a-z0-9]+", "-", _plain(text)).strip("-")
    return name[:MAX_LABEL].strip("-") or _fallback(text, fallback)


def free_name(name: str, taken: Container[str]) -> str:
    """A safe name itself, or with the first number behind it that is free."""
    free, number = name, 1
    while free in taken:
        number += 1
        end = f"-{number}"
        free = name[: MAX_LABEL - len(end)].strip("-") + end
    return free


def joined_name(*parts: str) -> str:
    """The parts as one safe name, the same part never twice in a row; what is cut off stays told apart by a number."""
    kept = [part for index, part in enumerate(parts) if part and (index == 0 or part != parts[index - 1])]
    whole = "-".join(kept)
    name = safe_name(whole)
    if len(whole) <= MAX_LABEL:
        return name
    return f"{name[: MAX_LABEL - 1 - _HASH].strip('-')}-{_number(whole)}"


def identifier(text: str) -> str:
    """An HCL identifier: letters, digits and underscores, no digit first."""
    name = re.sub(r"[^a-z0-9_]+", "_", _plain(text)).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() else name


def _plain(text: str) -> str:
    """Lower-case letters without their marks: `Büro-Café` is `buro-cafe`, `Straße` is `strasse`."""
    split = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).casefold()
    return "".join(char for char in split if not unicodedata.combining(char))


def _fallback(text: str, fallback: str) -> str:
    if not fallback or not any(char.isalnum() for char in text):
        return fallback
    return f"{fallback}-{_number(text)}"


def _number(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH]
